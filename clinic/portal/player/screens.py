"""The screens of one session, in order: pain before, signs, the steps, the sets with hold and rest, pain after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from exercises.models import Step

Phase = Step.Phase


class ScreenKind(StrEnum):
    """The kind of a screen; each has its template in ``clinic/portal/player/``."""

    BEFORE = "before"
    SIGNS = "signs"
    STEP = "step"
    HOLD = "hold"
    REST = "rest"
    AFTER = "after"


@dataclass(frozen=True)
class Screen:
    """One screen. ``back`` and ``next`` are names, for the buttons of a page without scripts."""

    kind: ScreenKind
    step: Step | None = None
    set_number: int = 0  # 1 and up; 0 outside the sets
    reminders: tuple[Step, ...] = ()  # shown again while the clock runs
    next_step: Step | None = None  # in the same set
    back: str = ""
    next: str = ""
    percent: int = 0  # of the session

    @property
    def key(self) -> str:
        """The screen without its set: ``step-7``."""
        return f"{self.kind}-{self.step.number}" if self.step else str(self.kind)

    @property
    def name(self) -> str:
        """Unique in the session: ``2.step-7`` is step 7 in the second set."""
        return f"{self.set_number}.{self.key}" if self.set_number else self.key

    @property
    def template(self) -> str:
        return f"clinic/portal/player/{self.kind}.html"


@dataclass(frozen=True)
class ScreenSequence:
    """All screens of a session; the first asks before, the last after the exercise."""

    screens: tuple[Screen, ...]
    sets: int
    steps: int

    @classmethod
    def build(cls, steps: Sequence[Step], sets: int, *, signs: bool = True) -> ScreenSequence:
        """Lay out the screens.

        Args:
            steps: of one exercise, in order. Steps of the phase READY come once, at the beginning; reminders are shown
                during the holds, or are steps like others where nothing is held.
            sets: 1–20; an exercise of READY steps alone is done once.
            signs: whether the exercise asks for warning signs.
        """
        holds = any(step.phase == Phase.HOLD for step in steps)
        reminders = tuple(step for step in steps if holds and step.phase == Phase.REMIND)
        in_set = [step for step in steps if step.phase != Phase.READY and step not in reminders]
        set_count = sets if in_set else 0
        screens = [Screen(ScreenKind.BEFORE), *([Screen(ScreenKind.SIGNS)] if signs else [])]
        screens += [Screen(ScreenKind.STEP, step) for step in steps if step.phase == Phase.READY]
        for number in range(1, set_count + 1):
            if number > 1:
                screens.append(Screen(ScreenKind.REST, set_number=number))
            for step, next_step in zip(in_set, [*in_set[1:], None], strict=True):
                if step.phase == Phase.HOLD:
                    screens.append(Screen(ScreenKind.HOLD, step, number, reminders, next_step))
                else:
                    screens.append(Screen(ScreenKind.STEP, step, number, next_step=next_step))
        screens.append(Screen(ScreenKind.AFTER))
        names = ["", *(screen.name for screen in screens), ""]
        last = len(screens) - 1
        return cls(
            tuple(
                replace(screen, back=names[place], next=names[place + 2], percent=round(100 * place / last))
                for place, screen in enumerate(screens)
            ),
            set_count,
            len(steps),
        )

    def find(self, name: str | None) -> Screen | None:
        """The screen of that name; None: unknown."""
        return next((screen for screen in self.screens if screen.name == name), None)

    def first_of_kind(self, kind: ScreenKind) -> Screen:
        """The first screen of its kind, the first of all where there is none."""
        return next((screen for screen in self.screens if screen.kind == kind), self.screens[0])

    def is_forward(self, current: Screen | None, target: Screen) -> bool:
        """Whether ``target`` lies ahead of ``current``; None stands for the first screen."""
        return self.screens.index(target) > (self.screens.index(current) if current else 0)

    def unique_screens(self) -> list[Screen]:
        """The first screen of each key: later sets show the same ones."""
        by_key: dict[str, Screen] = {}
        for screen in self.screens:
            by_key.setdefault(screen.key, screen)
        return list(by_key.values())

    @property
    def names(self) -> str:
        """The names of all screens, separated by spaces, for the script."""
        return " ".join(screen.name for screen in self.screens)

    @property
    def set_numbers(self) -> range:
        return range(1, self.sets + 1)
