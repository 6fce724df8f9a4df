"""How a rule of xAPI says no: where in the statement, and why."""


class Broken(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Something that was sent breaks a rule; `place` is a path as JSON tells it."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why
