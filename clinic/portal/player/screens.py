"""The screens of one session, in order: pain before, signs, the steps, the rounds with hold and rest, pain after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from exercises.models import Step

Phase = Step.Phase


class ScreenKind(StrEnum):
    """What a screen is; each has its template in ``clinic/portal/player/``."""

    BEFORE = "before"
    SIGNS = "signs"
    STEP = "step"
    HOLD = "hold"
    REST = "rest"
    AFTER = "after"


@dataclass(frozen=True)
class Screen:
    """One place in the session. Its neighbours are names, for the buttons of a page without scripts."""

    kind: ScreenKind
    step: Step | None = None
    round: int = 0  # 1 and up; 0 outside the rounds
    reminders: tuple[Step, ...] = ()  # said again while the clock runs
    then: Step | None = None  # the next step in the same round
    back: str = ""
    onward: str = ""
    percent: int = 0  # of the way

    @property
    def shown(self) -> str:
        """Which screen it is, whatever the round: ``step-7``."""
        return f"{self.kind}-{self.step.number}" if self.step else str(self.kind)

    @property
    def name(self) -> str:
        """Unique in the session: ``2.step-7`` is step 7 in the second round."""
        return f"{self.round}.{self.shown}" if self.round else self.shown

    @property
    def template(self) -> str:
        return f"clinic/portal/player/{self.kind}.html"


@dataclass(frozen=True)
class ScreenSequence:
    """All screens of a session, the first is asked before, the last after."""

    screens: tuple[Screen, ...]
    rounds: int
    steps: int

    @classmethod
    def of(cls, steps: Sequence[Step], sets: int, *, signs: bool = True) -> ScreenSequence:
        """Lay out the screens.

        Args:
            steps: of one exercise, in order. Those without a phase of a round come once, at the beginning; those that
                remind are said during the holds, or are steps like others where nothing is held.
            sets: rounds, 1–20; an exercise that has no rounds is walked once.
            signs: whether the exercise asks for warning signs.
        """
        holds = any(step.phase == Phase.HOLD for step in steps)
        reminders = tuple(step for step in steps if holds and step.phase == Phase.REMIND)
        in_round = [step for step in steps if step.phase != Phase.READY and step not in reminders]
        rounds = sets if in_round else 0
        screens = [Screen(ScreenKind.BEFORE), *([Screen(ScreenKind.SIGNS)] if signs else [])]
        screens += [Screen(ScreenKind.STEP, step) for step in steps if step.phase == Phase.READY]
        for number in range(1, rounds + 1):
            if number > 1:
                screens.append(Screen(ScreenKind.REST, round=number))
            for step, then in zip(in_round, [*in_round[1:], None], strict=True):
                if step.phase == Phase.HOLD:
                    screens.append(Screen(ScreenKind.HOLD, step, number, reminders, then))
                else:
                    screens.append(Screen(ScreenKind.STEP, step, number, then=then))
        screens.append(Screen(ScreenKind.AFTER))
        names = ["", *(screen.name for screen in screens), ""]
        last = len(screens) - 1
        return cls(
            tuple(
                replace(screen, back=names[place], onward=names[place + 2], percent=round(100 * place / last))
                for place, screen in enumerate(screens)
            ),
            rounds,
            len(steps),
        )

    def find(self, name: str | None) -> Screen | None:
        """The screen of that name; None: there is none."""
        return next((screen for screen in self.screens if screen.name == name), None)

    def of_kind(self, kind: ScreenKind) -> Screen:
        """The first screen of its kind, the first of all where there is none."""
        return next((screen for screen in self.screens if screen.kind == kind), self.screens[0])

    def goes_on(self, at: Screen | None, to: Screen) -> bool:
        """Whether ``to`` lies ahead of ``at``; a page that does not say where it was is the first."""
        return self.screens.index(to) > (self.screens.index(at) if at else 0)

    def once(self) -> list[Screen]:
        """Each screen as it is first met: later rounds show the same ones."""
        met: dict[str, Screen] = {}
        for screen in self.screens:
            met.setdefault(screen.shown, screen)
        return list(met.values())

    @property
    def names(self) -> str:
        """For the script: every place, parted by spaces."""
        return " ".join(screen.name for screen in self.screens)

    @property
    def round_numbers(self) -> range:
        return range(1, self.rounds + 1)
