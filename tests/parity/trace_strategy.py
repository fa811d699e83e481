"""What every strategy of a trace has: FedAvg, and the places where others differ."""
from trace_model import selected
from trace_training import copied


class Strategy:
    """FedAvg. `trainable` are the tensors that are not frozen; `gossip`: without a server, every client owns its body."""
    defaults = {}
    choices = {}  # of the options that are one of several words
    gossip = False

    def __init__(self, trainer, trainable, options):
        unknown = set(options) - set(self.defaults)
        if unknown:
            raise SystemExit(f"unknown options {sorted(unknown)}, expected some of {sorted(self.defaults)}")
        self.trainer, self.trainable, self.options = trainer, trainable, {**self.defaults, **options}
        for key, words in self.choices.items():
            if self.options[key] not in words:
                raise SystemExit(f"option {key}: '{self.options[key]}', expected one of {', '.join(words)}")

    def role(self, selector):
        return [n for n in self.trainable if n in selected(self.trainable, selector, self.trainer.settings.depth)]

    def roles(self, selectors):
        """In the model's order, none twice."""
        found = {name for selector in selectors for name in self.role(selector)}
        return [n for n in self.trainable if n in found]

    def body(self):
        head = self.role("head")
        return [n for n in self.trainable if n not in head]

    def personal(self):
        """What stays with a client: the option's selectors, nothing without such an option."""
        return self.roles(self.options.get("personal", []))

    def trained(self):
        return self.trainable

    def travels(self):
        personal = self.personal()
        return [n for n in self.trained() if n not in personal]

    def begin(self, client):
        """Before the first round."""

    def served(self, shared):
        """What the server hands out besides the shared tensors."""
        return {}

    def turn(self, client):
        self.trainer.train(client, self.trainable)

    def upload(self, client):
        return {n: client.model[n] for n in self.travels()}

    def weight(self, client):
        """By the option `weighting`; by training samples where there is none."""
        if self.options.get("weighting", "samples") == "samples":
            return len(client.train)
        return 1 if self.options["weighting"] == "equal" else sum(1 for _ in self.trainer.batches(client.train, 1))

    def merge(self, shared, uploads, weights):
        """The shared tensors that the server's optimizer goes towards. In double."""
        total = sum(weights)
        return {n: sum(weight / total * one[n].double() for one, weight in zip(uploads, weights)) for n in self.travels()}

    def serve(self, served, clients):
        """Changes what is served, after a merge of these clients."""

    def closing(self, client):
        """After the last round."""

    def predictor(self, client):
        """A copy to score with; whatever is tuned is tuned on it."""
        return copied(client.model)

    def predict(self, client, samples):
        return self.trainer.logits(self.predictor(client), samples).detach()
