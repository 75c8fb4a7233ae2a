"""`data_management.validate`, without the profile or with it."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.quality.contenders.gx_suite import suite_of
from benchmarks.quality.rules import Answer, Answers, Rule


def prepare(rules: tuple[Rule, ...], data_format: str, *, profile: bool = False) -> Callable[[Path], Answers]:
    from data_management import validate as validate_file

    suite = suite_of(rules)

    def validate(path: Path) -> Answers:
        examination = validate_file(path, suite, profile=profile)
        checks = zip(rules, examination.checks, strict=True)
        return {rule.name: Answer(success=check.success, failed=check.unexpected) for rule, check in checks}

    return validate
