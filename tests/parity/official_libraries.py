"""How official.py drives libraries of several methods. A driver takes the folder of a checkout and a seed, and yields (case, file of
the method, largest difference, why it differs or ""). Loaders are lists of batches in place of their shuffling ones; scores are not
asked for."""
import copy
from unittest import mock

import torch

from official_case import BATCH, PLAIN, Case, Split, load, named, quiet, rounds


def bn_names(model):
    """FedBN's codes look for 'bn' in names, of which a ViT has none."""
    plain = type(model).named_parameters

    class Named(type(model)):
        def named_parameters(self, *given, **more):
            for name, value in plain(self, *given, **more):
                yield name.replace("norm", "bn"), value
    model.__class__ = Named
    return model


def pfllib_server(case, name, kind, folder, model, **options):
    """Their server with their clients, after its rounds."""
    base, server = (load(f"flcore.{part}", folder / "system") for part in ("servers.serverbase", f"servers.server{name}"))
    client = load("flcore.clients.clientbase", folder / "system").Client
    args = PLAIN(**{**dict(
        model=model, algorithm=kind, dataset="", device="cpu", save_folder_name="", num_classes=10, batch_size=BATCH, few_shot=0,
        local_learning_rate=case.lr, learning_rate_decay_gamma=1, learning_rate_decay=False, local_epochs=case.epochs,
        global_rounds=case.rounds - 1, num_clients=len(case.sizes), join_ratio=1, random_join_ratio=False, time_select=False, goal="",
        time_threthold=1e9, top_cnt=0, auto_break=False, eval_gap=1, client_drop_rate=0, train_slow_rate=0, send_slow_rate=0,
        dlg_eval=False, dlg_gap=1, batch_num_per_client=0, num_new_clients=0, fine_tuning_epoch_new=0), **options})
    with mock.patch.object(base, "read_client_data", lambda _, i, is_train, few_shot: range(case.sizes[i] if is_train else 1)), \
            mock.patch.object(client, "load_train_data", lambda self, size=None: case.batches(self.id, size or BATCH)):
        made = getattr(server, kind)(args, 0)
        for scored in ("evaluate", "evaluate_personalized", "evaluate_one_step"):
            setattr(made, scored, lambda: made.rs_test_acc.append(0))
        made.save_results = made.save_global_model = lambda: None
        made.train()
        made.head = copy.deepcopy(getattr(made.clients[0].model, "head", None))
        if kind in ("FedBABU", "PerAvg"):  # tuned from what the last merge has made, as the reference does; theirs from before it
            made.send_models()
            for one in made.clients:
                one.fine_tuning_epochs = 1
                one.fine_tune() if kind == "FedBABU" else one.train_one_step()
    return made


def listed(case, values):
    return dict(zip(case.initial, values, strict=True))


def pfllib(folder, seed):
    def run(name, kind, strategy, given, split=False, tuned=False, own=lambda case, client: {}, served=lambda case, server: {},
            wrap=lambda model: model, least=2, **options):
        case = Case(seed, strategy, given, least)
        model = Split(case.model()) if split else wrap(case.model())
        rename = model.own_name if split else lambda n: n.replace("bn", "norm")
        server = quiet(lambda: pfllib_server(case, name, kind, folder, model, **options))
        clients = [{**named(c.model, rename), **own(case, c)} for c in server.clients]
        if tuned:
            clients = [{**c, **{f"tuned.{n}": value for n, value in c.items()}} for c in clients]
        shared = server.global_model
        shared = named(shared, rename if shared.__class__ is model.__class__ else lambda n: n)
        if kind == "FedBABU":
            shared.update(named(server.head, prefix="head."))  # theirs has none to hand out
        return case, f"system/flcore/clients/client{name}.py", case.difference({**shared, **served(case, server)}, clients, tuned), ""

    per = lambda row: lambda case, client: named(client.model_per, prefix=f"kept.{row}.")
    yield run("apfl", "APFL", "apfl", "--option variant=pfllib --option alpha=0.5 --epochs 2", alpha=0.5,
              own=lambda case, c: {**per("twin")(case, c), "kept.alpha": torch.tensor([c.alpha])})
    yield run("scaffold", "SCAFFOLD", "scaffold", "--epochs 2 --server-lr 0.7", server_learning_rate=0.7,
              own=lambda case, c: {f"kept.variate.{n}": v for n, v in listed(case, c.client_c).items()},
              served=lambda case, s: {f"served.common.{n}": v for n, v in listed(case, s.global_c).items()})
    yield run("prox", "FedProx", "fedprox", "--option mu=0.3 --epochs 2", mu=0.3)
    yield run("ditto", "Ditto", "ditto", "--option lambda=0.3 --epochs 2", mu=0.3, plocal_epochs=2, own=per("own"))
    yield run("peravg", "PerAvg", "perfedavg", "--epochs 2", tuned=True, least=BATCH + 1, local_epochs=1)  # theirs trains twice a round
    yield run("rep", "FedRep", "fedrep", "--option head_epochs=2 --option body_epochs=1", split=True, plocal_epochs=2)
    yield run("babu", "FedBABU", "fedbabu", "--option tune_epochs=1 --epochs 2", split=True, tuned=True, fine_tuning_epochs=0)
    yield run("per", "FedPer", "fedper", "--epochs 2", split=True)
    yield run("bn", "FedBN", "fedbn", "--epochs 2", wrap=bn_names)
    yield run("avg", "FedAvg", "fedavg", "--epochs 2 --rounds 5")


def fedtorch_nodes(case, sgd, kind):
    """Their clients and server, as far as training asks for them."""
    total = len(case.sizes)
    graph = PLAIN(rank=0, on_cuda=False, ranks=list(range(total)), n_nodes=total)
    same = dict(arch="", data="", graph=graph, debug=False, federated_type=kind, federated_sync_type="epoch", quantized=False,
                num_epochs_per_comm=case.epochs, growing_batch_size=False, old_learning_rate=case.lr, in_momentum=False, epoch=0,
                out_momentum=False, local_index=0, local_data_seen=0, rounds_comm=0, local_steps=[1], num_workers=total)
    nodes = []
    for i in range(total + 1):
        model = case.model()
        node = PLAIN(model=model, optimizer=sgd(model.parameters(), lr=case.lr), scheduler=lambda epoch: case.lr, metrics=(), rank=i,
                     criterion=torch.nn.functional.cross_entropy, args=PLAIN(**same, fedprox_mu=0.3, fed_personal_alpha=0.5,
                     fed_adaptive_alpha=True))
        node.model_client_control, node.model_server_control, node.model_personal = case.model(), case.model(), case.model()
        for p in [*node.model_client_control.parameters(), *node.model_server_control.parameters()]:
            p.data.zero_()
        node.optimizer_personal = sgd(node.model_personal.parameters(), lr=case.lr)
        if i < total:
            node.train_loader = case.batches(i)
            node.args.num_batches_train_per_device_per_epoch = len(node.train_loader)
        nodes.append(node)
    *clients, server = nodes
    vars(server.args).update(num_comms=case.rounds, fed_personal=False, global_index=0, online_client_rate=1, lr_scale_at_sync=1,
                             per_class_acc=False)
    vars(server).update(zero_grad=lambda: None, reset_tracker=lambda tracker: None, local_val_tracker=None, global_val_tracker=None,
                        global_test_tracker=None, test_loader=None)

    def zero_grad(set_to_none=False):  # they count on zeros, as PyTorch once left them
        for p in server.model.parameters():
            p.grad = torch.zeros_like(p)
    server.optimizer.zero_grad = zero_grad
    return clients, server


def fedtorch(folder, seed):
    where = "fedtorch.comms.trainings.federated.centered"
    sgd = load("fedtorch.components.optimizers.sgd", folder).SGD

    def run(part, kind, strategy, given, collect=lambda client: {}, served=lambda server: {}, why=""):
        case = Case(seed, strategy, given)
        clients, server = fedtorch_nodes(case, sgd, kind)
        module = load(f"{where}.{part}", folder)
        silent = {name: mock.DEFAULT for name in ("log", "do_validate_centered", "log_validation_centered", "log_test_centered",
                                                  "logging_globally") if hasattr(module, name)}
        mean = module.fedavg_aggregation_centered
        shares = torch.tensor(case.sizes) / sum(case.sizes)  # by default theirs are equal
        with mock.patch.multiple(module, **silent), mock.patch.object(
                module, "fedavg_aggregation_centered", lambda c, s, online: mean(c, s, online, shares.numpy())):
            work = {"apfl": "train_and_validate_apfl_centered", "main": "train_and_validate_federated_centered"}[part]
            quiet(lambda: getattr(module, work)(clients, server))
        left = case.difference({**named(server.model), **served(server)}, [{**named(c.model), **collect(c)} for c in clients])
        note = "" if kind == "scaffold" else " (handed weights by samples; its own are equal)"
        return case, f"{where.replace('.', '/')}/{part}.py, {kind}{note}", left, why

    apfl = lambda c: {**named(c.model_personal, prefix="kept.twin."), "kept.alpha": torch.tensor([c.args.fed_personal_alpha])}
    yield run("apfl", "apfl", "apfl", "--option variant=fedtorch_logit --option alpha=0.5 --epochs 2", apfl)
    yield run("main", "fedavg", "fedavg", "--epochs 2")
    yield run("main", "fedprox", "fedprox", "--option mu=0.3 --epochs 2")
    yield run("main", "scaffold", "scaffold", "--epochs 2", lambda c: named(c.model_client_control, prefix="kept.variate."),
              lambda s: named(s.model_server_control, prefix="served.common."),
              why="it changes c while it goes through the clients, and takes the last one's number of steps for all")


def fl_bench(folder, seed):
    per = load("src.client.perfedavg", folder).PerFedAvgClient

    def run(version, given, beta):
        case = Case(seed, "perfedavg", given, (3 if version == "hf" else 2) * BATCH)

        def turn(i, net):
            common = PLAIN(buffers="global", batch_size=BATCH, local_epoch=1, use_cuda=False)
            args = PLAIN(common=common, perfedavg=PLAIN(version=version, beta=beta, delta=1e-3), optimizer=PLAIN(lr=0.03))
            made = per(model=net, optimizer_cls=lambda params: torch.optim.SGD(params, lr=0.03), lr_scheduler_cls=None, args=args,
                       dataset=mock.MagicMock(__len__=lambda self: 1), data_indices=[], device=torch.device("cpu"), return_diff=False)
            made.trainloader = case.batches(i)
            made.fit()
        shared, *clients = rounds(case, case.model(), turn, lambda name: False, case.sizes)
        left = case.difference(shared, clients)
        return case, "src/client/perfedavg.py (the mean is ours, by samples; its own weights are equal)", left, ""

    yield run("fo", "--option alpha=0.03 --lr 0.05", 0.05)
    yield run("hf", "--option alpha=0.03 --lr 0.05 --option variant=hf", 0.05)


def perfix(folder, seed):
    system = folder / "system"
    base, server_base = load("flcore.clients.clientbase", system).Client, load("flcore.servers.serverbase", system)
    thread, part, prefix = (load(f"flcore.{name}", system) for name in ("thread", "trainmodel.partial", "trainmodel.prefix"))
    attention = prefix.AdapterAttention.forward

    def own_name(name):
        return name.removeprefix("basic_model.").replace(".attn.adapter.", ".prefix.")

    def run(server, kind, strategy, given, local, tuned=False, least=2, own=lambda c: {}):
        case = Case(seed, strategy, given, least)
        if case.settings.prefix:
            model = prefix.Prefix(case.model(), mid_dim=case.settings.prefix["bottleneck"], scale=case.settings.prefix["scale"],
                                  local_parts=local, depth=case.settings.depth)
            with torch.no_grad():
                for name, value in model.named_parameters():
                    value.copy_(case.initial[own_name(name)])
        else:
            model = part.Partial(case.model(), local)
        clients = range(len(case.sizes))
        args = PLAIN(model=model, dataset="", device="cpu", save_folder_name="", num_classes=10, batch_size=BATCH, algorithm=kind, goal="",
                     local_learning_rate=case.lr, local_steps=case.epochs, privacy=False, dp_sigma=0, debug=False, join_ratio=1,
                     global_rounds=case.rounds, num_clients=len(clients), random_join_ratio=False, time_select=False, time_threthold=1e9,
                     eval_gap=1, client_drop_rate=0, train_slow_rate=0, send_slow_rate=0, alpha=0.25, fine_tuning_steps=1)

        def work():
            made = getattr(load(f"flcore.servers.server{server}", system), kind)(args, 0)
            one = thread.Thread(args, {"device": "cpu", "client_obj": made.client_obj, "client_map": [list(clients)] * case.rounds})
            for _ in range(case.rounds):
                made.receive_models(one.run(made.send_models()))
                made.aggregate_parameters()
            left = [{**named(c.model, own_name), **own(c)} for c in made.clients]
            for i, info in enumerate(made.send_models() if tuned else []):  # from what the last merge has made
                one.client.load_infos(info)
                one.client.id, one.client.tl = i, None
                for p in one.client.model.parameters():
                    p.requires_grad = True
                one.client.train_one_step()
                left[i].update(named(one.client.model, own_name, "tuned."))
            return named(made.global_model, own_name), left

        with mock.patch.object(server_base, "read_client_data", lambda _, i, is_train: range(case.sizes[i] if is_train else 1)), \
                mock.patch.object(base, "load_train_data", lambda self, size=None: case.batches(self.id, size or BATCH)), \
                mock.patch.object(base, "test_metrics", lambda self, temp=None: (1, 1, 1)), \
                mock.patch.object(torch.Tensor, "float", torch.Tensor.double), \
                mock.patch.object(prefix.AdapterAttention, "forward", lambda self, x, attn_mask=None: attention(self, x)):
            shared, left = quiet(work)
        return case, f"system/flcore/clients/client{server}.py, local parts {local}", case.difference(shared, left, tuned), ""

    small = "--epochs 2 --module-option bottleneck=8"
    yield run("avg", "FedAvg", "fedperfix", small, ["adapter", "head"])
    yield run("avg", "FedAvg", "fedperfix", f"{small} --option last_blocks_personal=1", ["blocks.1", "adapter", "head"])
    yield run("avg", "FedAvg", "attention", "--epochs 2", ["attn", "head"])
    yield run("avg", "FedAvg", "fedbn", "--epochs 2", ["norm"])
    yield run("avg", "FedAvg", "fedper", "--epochs 2", ["head"])
    yield run("avg", "FedAvg", "fedrep", "--epochs 2 --option schedule=joint", ["head"])
    yield run("babu", "FedBABU", "fedbabu", "--epochs 2 --option tune_steps=1", [], tuned=True)
    yield run("peravg", "PerAvg", "perfedavg", "--epochs 2", [], tuned=True, least=BATCH + 1)
    yield run("apfl", "APFL", "apfl", "--epochs 2 --option variant=pfllib --option alpha=0.25", [], own=lambda c: {
        **named(c.model_per, own_name, "kept.twin."), "kept.alpha": torch.tensor([c.alpha])})
    yield run("avg", "FedAvg", "fedavg", "--epochs 2", [])


SOURCES = {
    "pfllib": ("TsingZ0/PFLlib", "d832e76", pfllib),
    "fedperfix": ("imguangyu/FedPerfix", "5acbd0c", perfix),
    "fedtorch": ("MLOPTPSU/FedTorch", "ab8068d", fedtorch),
    "fl-bench": ("KarhouTam/FL-bench", "06e658b", fl_bench),
}
