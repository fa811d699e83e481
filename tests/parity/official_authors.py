"""How official.py drives the code of single methods, most by the methods' authors; official_libraries.py says what a driver is."""
import copy
import functools
from unittest import mock

import torch

from official_case import BATCH, PLAIN, Case, Split, load, named, quiet, rounds


def in_head(name):
    return name.startswith(("head.", "linear."))


def partial(folder, seed):
    base = load("pfl.models.base_model", folder).PFLBaseModel
    optim = load("pfl.optim", folder, instead=("pfl.metrics",))
    server_sgd = load("pfl.optim.server_optimizers", folder).F

    def run(kind, strategy, given, tune=0, why="", **options):
        case = Case(seed, strategy, given)
        s, personal = case.settings, case.federation.strategy.personal()
        model = case.model()
        model.__class__ = type("Vit", (type(model), base), {})
        model.is_on_client, model.is_on_server = personal.__contains__, lambda n: n not in personal
        loaders = PLAIN(get_loss_and_metrics_fn=lambda: (torch.nn.functional.cross_entropy, None), get_client_dataloader=case.batches)
        args = PLAIN(client_lr=case.lr, client_momentum=s.momentum, scheduler="const")

        def work():
            made = getattr(optim, kind)(
                loaders, list(range(len(case.sizes))), None, model, server_optimizer="sgd", server_lr=s.server_lr,
                server_momentum=s.server_momentum, max_grad_norm=s.clip_norm, clip_grad_norm=s.clip_norm > 0, save_dir="", seed=0,
                **options)
            for _ in range(case.rounds):
                made.run_one_round(len(case.sizes), case.epochs, "sgd", args)
            if tune:
                made.finetune_all_clients(tune, "sgd", args)
            return made
        with mock.patch.object(server_sgd, "sgd", functools.partial(server_sgd.sgd, maximize=False)):  # PyTorch asks for it by now
            made = quiet(work)
        clients = [made.saved_client_params.get(i, {}) for i in range(len(case.sizes))]
        for client in clients:
            client.update({f"kept.origin.{n}": value for n, value in zip(list(client), getattr(made, "prox_center", None) or [])})
        return case, f"pfl/optim/{kind.lower()}.py", case.difference(named(made.server_model), clients), why

    rough = "--momentum 0.9 --lr 0.02 --epochs 2 --option weighting=batches"
    parts = """--option personal=["norm","head"]"""
    l2, initial = dict(client_var_l2_reg_coef=0.2), dict(client_var_l2_reg_coef=0.2, client_var_prox_to_init=True)
    yield run("FedAvg", "fedsim", f"--option personal=[] {rough}")
    yield run("FedSim", "fedsim", f"{rough} {parts} --option l2=0.2 --clip-norm 0.5 --server-lr 0.7 --server-momentum 0.9", **l2)
    yield run("FedSim", "fedsim", f"{rough} {parts} --option l2=0.2 --option l2_to=initial", **initial)
    yield run("FedAlt", "fedalt", f"{rough} {parts}")
    yield run("FedAlt", "fedalt", f"{rough} {parts} --option l2=0.2 --option l2_to=initial --server-lr 0.7", **initial)
    yield run("FedAlt", "fedalt", f"{rough} --option stateless=true --option final_epochs=2", tune=2, stateless_clients=True)
    yield run("FedSim", "fedsim", f"{rough} --option l2=0.2 --option final_epochs=2", tune=2, **l2,
              why="it has l2 in the closing phase, too")
    yield run("FedAlt", "fedalt", f"{rough} --clip-norm 0.5",
              why="gradients of the part that rests are left from its last step, and count in the norm that is clipped")


def fedrep(folder, seed):
    update = load("models.Update", folder, instead=("models.test",))
    sgd = torch.optim.SGD

    def even(groups, **given):
        """Weight decay for biases, too."""
        return sgd([p for group in groups for p in group["params"]], weight_decay=1e-4, **given)

    def run(kind, strategy, given, optimizer, head_epochs=0, final=False, why=""):
        case = Case(seed, strategy, f"--momentum 0.5 --weight-decay 0.0001 {given}")
        model = Split(case.model())
        body = [n for n, _ in model.named_parameters() if not in_head(n)]

        def turn(i, net, last=False):
            args = PLAIN(alg=kind, dataset="cifar", device="cpu", local_bs=BATCH, local_ep=case.epochs + head_epochs,
                         local_rep_ep=case.epochs, local_updates=10 ** 9, num_users=len(case.sizes))
            made = update.LocalUpdate(args, [None], [0])
            made.ldr_train = case.batches(i)
            with mock.patch.object(torch.optim, "SGD", optimizer):
                made.train(net, body, last=last, lr=case.lr)
        shared, *clients = rounds(case, model, turn, in_head, case.sizes, closing=final and functools.partial(turn, last=True))
        note = "; weight decay for biases, too" if optimizer is even else ""
        return case, f"models/Update.py LocalUpdate, {kind} (the mean is ours{note})", case.difference(shared, clients), why

    alternate = "--option head_epochs=3 --option body_epochs=2 --epochs 2"
    yield run("fedrep", "fedrep", f"{alternate} --option final_head_epochs=10", even, 3, final=True)
    yield run("fedrep", "fedrep", alternate, sgd, 3, why="it spares biases the weight decay")
    yield run("fedper", "fedper", "--epochs 2", even)


def fedbabu(folder, seed):
    update = load("models.Update", folder)

    def run(name, strategy, given, rates, keeps=lambda n: False, equal=False, why=""):
        case = Case(seed, strategy, f"--lr 0.02 {given}")
        args = PLAIN(device="cpu", local_bs=BATCH, local_ep=case.epochs, momentum=case.settings.momentum,
                     wd=case.settings.weight_decay, mu=0.3)

        def turn(i, net):
            made = getattr(update, name)(args, [None], [0])
            made.ldr_train = case.batches(i)
            made.train(net, **rates)
        weights = [1] * len(case.sizes) if equal else case.sizes
        shared, *clients = rounds(case, Split(case.model(), "linear"), turn, keeps, weights)
        return case, f"models/Update.py {name} (the mean is ours)", case.difference(shared, clients), why

    rough = "--momentum 0.9 --weight-decay 0.01 --epochs 2"
    yield run("LocalUpdate", "fedbabu", f"{rough} --option weighting=equal", dict(body_lr=0.02, head_lr=0.0), equal=True)
    yield run("LocalUpdate", "fedper", rough, dict(body_lr=0.02, head_lr=0.02), in_head)
    yield run("LocalUpdateFedProx", "fedprox", f"{rough} --option mu=0.3", dict(body_lr=0.02, head_lr=0.02))
    yield run("LocalUpdateFedRep", "fedrep", "--epochs 2 --option head_epochs=2", dict(lr=0.02), in_head)
    yield run("LocalUpdateFedRep", "fedrep", "--epochs 2 --option head_epochs=2 --momentum 0.9", dict(lr=0.02), in_head,
              why="one optimizer for both phases: the body's momentum grows while its rate is 0")


def fedapm(folder, seed):
    module = load("partial_update", folder / "src", instead=("utils", "models", "get_multimodal"))

    def load_remaining_layers(model, w, count):
        with torch.no_grad():
            for name, value in list(model.named_parameters())[:count]:
                value.copy_(w[name])

    def run(given):
        case = Case(seed, "fedapm", given)
        m, s = len(case.sizes), case.settings
        rho, sigma, lr = 0.3, 0.01, s.lr * m  # in the paper's scaling; theirs has its sigma in the code
        case.federation.strategy.rho, case.federation.strategy.sigma = rho, sigma
        model = case.model()
        type(model).load_remaining_layers = load_remaining_layers
        args = PLAIN(device="cpu", dataset="", is_multimodal=False, corrupted="0", model="CNN", layer_num=len(case.initial) - 2, fixed=1,
                     local_ep=case.epochs, mu=s.weight_decay, num_users=m, rho=rho, framework="FedAPM", alpha=0)
        w = copy.deepcopy(model.state_dict())
        with mock.patch.object(module.GlobalLocalUpdate, "train_val_test", lambda self, data, idxs, i, bad: (case.batches(i), None)), \
                mock.patch.object(module.GlobalLocalUpdate, "inference", lambda self, model: 0), \
                mock.patch.object(module, "test_inference", lambda *given, **more: (0, 0, 0, 0)):
            clients = [module.GlobalLocalUpdate(args, model, None, [], None, i, []) for i in range(m)]
            for _ in range(case.rounds):
                sums = [quiet(lambda: c.update_weights(0, model, w, i, lr, [])[0]) for i, c in enumerate(clients)]
                w = {n: sum(one[n] for one in sums) / m for n in w}  # as c1.py does
        left = [{**c.weights, **{f"kept.dual.{n}": m * value for n, value in c.alpha.items()},
                 **{f"kept.message.{n}": c.weights[n] + value / rho for n, value in c.alpha.items()}} for c in clients]
        return case, "src/partial_update.py (the mean is ours)", case.difference(w, left), ""

    yield run("--weight-decay 0.01 --epochs 2")


def dfedalt(folder, seed):
    code = folder / "stability_code_kaiyuan"
    where = "fedml_api.standalone.dfedalt_dis"
    api, trainer = (load(f"{where}.{name}", code) for name in ("dfedalt_dis_api", "my_model_trainer"))

    def run(topology, theirs, why=""):
        case = Case(seed, "dfedalt", f"--option topology={topology} --option personal_epochs=2 --option shared_epochs=3 "
                    "--option personal_lr_scale=0.1 --momentum 0.9 --weight-decay 0.01 --lr 0.02 --clip-norm 10")
        total = len(case.sizes)
        args = PLAIN(client_num_in_total=total, client_num_per_round=1, comm_round=case.rounds, cs=theirs, dataset="", model="resnet18",
                     lr_head=0.002, lr_body=0.02, lr_decay=1, momentum=0.9, wd=0.01, head_epochs=2, body_epochs=3)
        loaders = {i: case.batches(i) for i in range(total)}
        data = [0, 0, None, None, dict(enumerate(case.sizes)), loaders, loaders, 10]
        ended = {}
        train = api.Client.train

        def kept(self, *given):
            found = train(self, *given)
            if self in made.client_list1:  # it runs three federations; the others' heads come from the first
                ended[self.client_idx] = {Split.own_name(n): value for n, value in found[0].items()}
            return found
        model = trainer.MyModelTrainer(Split(case.model(), "linear"), args, mock.Mock())
        made = api.DFedAltAPI(data, data, data, "cpu", args, model, mock.Mock())
        with mock.patch.object(api.Client, "train", kept):
            quiet(made.train)
        left = case.difference({}, [ended[i] for i in range(total)])
        return case, f"{where.replace('.', '/')}/dfedalt_dis_api.py, {theirs}", left, why

    yield run("ring", "ring")
    yield run("full", "full")
    yield run("exponential", "exp", why="it has offsets up to 64 whatever the number of clients, and counts some twice")


def fedbn(folder, seed):
    module = load("federated.fed_digits", folder)
    case = Case(seed, "fedbn", "--epochs 2")
    total, shares = len(case.sizes), [size / sum(case.sizes) for size in case.sizes]
    server, *models = [case.model() for _ in range(total + 1)]
    plain = type(server).state_dict
    loaders = [torch.utils.data.DataLoader(list(zip(samples.images, samples.labels)), BATCH) for samples in case.samples]
    optimizers = [torch.optim.SGD(model.parameters(), case.lr) for model in models]
    module.client_num = total
    with mock.patch.object(torch.Tensor, "float", torch.Tensor.double), mock.patch.object(torch, "float32", torch.float64), \
            mock.patch.object(type(server), "state_dict", lambda self: {n.replace("norm", "bn"): v for n, v in plain(self).items()}):
        for _ in range(case.rounds):
            for i in range(total * case.epochs):
                part = i % total
                module.train(models[part], loaders[part], optimizers[part], torch.nn.CrossEntropyLoss(), total, "cpu")
            module.communication(PLAIN(mode="fedbn"), server, models, shares)
    left = case.difference(named(server), [named(model) for model in models])
    yield case, "federated/fed_digits.py (handed weights by samples; its own are equal)", left, ""


SOURCES = {
    "partial": ("facebookresearch/FL_partial_personalization", "d47e118", partial),
    "fedrep": ("lgcollins/FedRep", "d82e629", fedrep),
    "fedbabu": ("jhoon-oh/FedBABU", "e34c15b", fedbabu),
    "fedbn": ("med-air/FedBN", "2fa38ad", fedbn),
    "fedapm": ("NieFeiteng/FedAPM", "d117b79", fedapm),
    "dfedalt": ("YingqiLiu1999/Understanding-the-Stability-based-Generalization-of-Personalized-Federated-Learning", "d0df4ce", dfedalt),
}
