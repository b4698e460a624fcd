"""`vars`: each may use the others, in any order, as long as no one needs itself."""

from __future__ import annotations

from cnnspec.core.diagnostic import Findings
from cnnspec.language.scope import Scope
from cnnspec.language.values import Unknown, value_of, variables_in
from cnnspec.reader.node import Node


def evaluate_variables(variables: dict[str, Node], findings: Findings) -> Scope:
    """The scope of a spec: every variable with its value, or unknown after reporting why."""
    return _Evaluation(variables, findings).run()


class _Evaluation:
    def __init__(self, variables: dict[str, Node], findings: Findings) -> None:
        self._variables = variables
        self._findings = findings
        self._scope = Scope({}, (), {name: node.place for name, node in variables.items()})

    def run(self) -> Scope:
        """Evaluate in the order of need."""
        order: list[str] = []
        cyclic = self._sort(order)
        self._scope.unknown = frozenset(cyclic)
        for name in order:
            self._evaluate(name)
        return self._scope

    def _sort(self, order: list[str]) -> set[str]:
        """Names after those that they need. What is left over needs itself, or something that does."""
        needs = {name: variables_in(node) & self._variables.keys() for name, node in self._variables.items()}
        users: dict[str, list[str]] = {name: [] for name in needs}
        for name, needed in needs.items():
            for other in needed:
                users[other].append(name)
        missing = {name: len(needed) for name, needed in needs.items()}
        order += [name for name, count in missing.items() if not count]
        for name in order:  # it grows while it is walked through
            del needs[name]
            for user in users[name]:
                missing[user] -= 1
                if not missing[user]:
                    order.append(user)
        self._report_cycle(needs)
        return set(needs)

    def _report_cycle(self, needs: dict[str, frozenset[str]]) -> None:
        if not needs:
            return
        path = [next(iter(needs))]
        while path[-1] not in path[:-1]:
            path.append(next(name for name in sorted(needs[path[-1]]) if name in needs))
        ring = path[path.index(path[-1]) :]
        message = f"{ring[0]} needs its own value: {' → '.join(ring)}"
        self._findings.error(
            "cyclic-variables", message, self._variables[ring[0]].place, "Write one of them as a plain value."
        )

    def _evaluate(self, name: str) -> None:
        try:
            self._scope[name] = value_of(self._variables[name], self._scope, self._findings)
        except Unknown:
            self._scope.unknown |= {name}
