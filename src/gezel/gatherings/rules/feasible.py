"""A division that keeps every rule, or the few rules that clash: found and proven by CP-SAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from gezel.gatherings.rules.groups import Case, Division, Fault, Impossible, Member
from gezel.kit import late

# Deterministic time of one search, in CP-SAT's units (about a second of a quiet core each).
EFFORT = 5.0
# For each try to leave a rule out of a clash.
EFFORT_TO_EXPLAIN = 0.5


def _solver(seed: int, effort: float) -> late.cp_model.CpSolver:
    solver = late.cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    return solver


def rules_of(case: Case) -> list[Fault]:
    """Every hard rule of a case, each as what it would be called when it stands in the way."""
    here = {m.key for m in case.members}
    rules = [Fault("sizes")]
    rules += [Fault("locked", (key,), group) for key, group in case.locked.items() if key in here]
    rules += [Fault("together", tuple(sorted(rule & here))) for rule in case.together]
    rules += [
        Fault("apart", pair) for rule in case.apart for pair in combinations(sorted(rule & here), 2)
    ]
    rules += [Fault("alone", mark=mark) for mark in sorted(case.not_alone)]
    if case.same_times:
        rules.append(Fault("times"))
    return rules


class _Model:
    """Who may be where, as a model in which each of some rules can be switched off."""

    def __init__(self, case: Case, rules: Sequence[Fault]) -> None:
        self.case = case
        self.model = late.cp_model.CpModel()
        self.x = {
            (m.key, g): self.model.new_bool_var("") for m in case.members for g in self._groups()
        }
        for member in case.members:
            self.model.add_exactly_one(self.x[member.key, g] for g in self._groups())
        for rule in rules:
            if rule.kind == "alone":
                self._not_alone([m for m in case.members if rule.mark in m.marks])
            elif rule.kind == "times":
                self._same_times()
            else:
                self._about_people(rule)

    def _groups(self) -> range:
        return range(self.case.groups)

    def _about_people(self, rule: Fault) -> None:
        case, x, model = self.case, self.x, self.model
        if rule.kind == "locked":
            [key] = rule.members
            # None of the groups: that can never be.
            model.add_bool_or([x[key, g] for g in self._groups() if g == rule.group])
            return
        first, others = rule.members[:1], rule.members[1:]
        for g in self._groups():
            if rule.kind == "sizes":
                size = sum(x[m.key, g] for m in case.members)
                model.add_linear_constraint(size, case.smallest, case.largest)
            elif rule.kind == "together":
                for key in others:
                    model.add(x[first[0], g] == x[key, g])
            else:
                model.add_at_most_one(x[first[0], g], x[others[0], g])

    def _not_alone(self, marked: Sequence[Member]) -> None:
        for g in self._groups():
            some = self.model.new_bool_var("")
            count = sum(self.x[m.key, g] for m in marked)
            self.model.add(count >= 2 * some)
            self.model.add(count <= len(marked) * some)

    def _same_times(self) -> None:
        times = sorted({t for m in self.case.members for t in m.times})
        for g in self._groups() if times else ():
            shared = {t: self.model.new_bool_var("") for t in times}
            self.model.add_bool_or(shared.values())
            for member in self.case.members:
                for time in times if member.times else ():
                    if time not in member.times:
                        self.model.add_at_most_one(self.x[member.key, g], shared[time])

    def division(self, solver: late.cp_model.CpSolver) -> Division:
        return tuple(
            next(g for g in self._groups() if solver.boolean_value(self.x[m.key, g]))
            for m in self.case.members
        )


def find(case: Case, *, seed: int = 1) -> Division:
    """Some division that keeps every rule.

    Raises:
        Impossible: there is none, and why; or none was found in the time there is.
    """
    return _solved(case, _Model(case, rules_of(case)), seed)


def _solved(case: Case, built: _Model, seed: int) -> Division:
    solver = _solver(seed, EFFORT)
    status = solver.solve(built.model)
    if status in (late.cp_model.OPTIMAL, late.cp_model.FEASIBLE):
        return built.division(solver)
    if status == late.cp_model.INFEASIBLE:
        raise Impossible(clash(case))
    raise Impossible((), sure=False)


def fewest_moves(case: Case, now: Mapping[int, int], *, seed: int = 1) -> Division:
    """The division that keeps every rule and moves as few people as can be.

    Args:
        now: who is in which group now; who is not in it may go anywhere.

    Raises:
        Impossible: there is none.
    """
    built = _Model(case, rules_of(case))
    stays = [
        built.x[m.key, now[m.key]]
        for m in case.members
        if m.key in now and now[m.key] in range(case.groups)
    ]
    built.model.maximize(sum(stays))
    for (key, group), variable in built.x.items():
        built.model.add_hint(variable, now.get(key) == group)
    return _solved(case, built, seed)


def clash(case: Case) -> list[Fault]:
    """The rules that cannot hold together, none of which could be missed; empty if all can.

    Rules are left out one by one, whole kinds first, as long as the others still clash. The size
    of groups is tried last, so that it is blamed where a rule about people could be.
    """
    core = rules_of(case)
    if not _cannot(case, core, EFFORT):
        return []
    for kind in ("times", "alone", "locked", "apart", "together"):
        fewer = [rule for rule in core if rule.kind != kind]
        if len(fewer) < len(core) and _cannot(case, fewer):
            core = fewer
    for rule in sorted(core, key=lambda r: r.kind == "sizes"):
        fewer = [other for other in core if other is not rule]
        if _cannot(case, fewer):
            core = fewer
    return core


def _cannot(case: Case, rules: Sequence[Fault], effort: float = EFFORT_TO_EXPLAIN) -> bool:
    built = _Model(case, rules)
    return bool(_solver(1, effort).solve(built.model) == late.cp_model.INFEASIBLE)
