from datetime import UTC, datetime, timedelta

from data_management.presentation.dtos import CountsDto, ScoreDto, ScorePointDto
from data_management.presentation.pages.plot import HEIGHT, WIDTH, Plot, plot

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def point(
    day: float, value: float | None, lower: float | None = None, *, verdict: str = "pass", changed: bool = False
) -> ScorePointDto:
    score = ScoreDto(value=value, lower=value if lower is None else lower, upper=value, coverage=1.0, dimensions={})
    return ScorePointDto(
        at=NOON + timedelta(days=day),
        verdict=verdict,
        score=score,
        reasons=[],
        files=CountsDto(pending=0, accepted=1, quarantined=0, rejected=0, rows=1),
        contract_version="1",
        plan="p",
        plan_changed=changed,
    )


def drawn(*oldest_first: ScorePointDto) -> Plot:
    made = plot(oldest_first[::-1])
    assert made is not None
    return made


def test_time_runs_from_left_to_right_and_better_scores_stand_higher() -> None:
    made = drawn(point(0, 80), point(1, 90), point(10, 100))
    xs, ys = [mark.x for mark in made.marks], [mark.y for mark in made.marks]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert (xs[0], xs[-1], ys[-1]) == (made.left, made.right, made.top)
    assert xs[1] - xs[0] < xs[2] - xs[1]


def test_the_axis_begins_below_the_least_bound() -> None:
    assert drawn(point(0, 99), point(1, 98, lower=72)).least == 70
    assert drawn(point(0, 3)).least == 0
    assert drawn(point(0, 100), point(1, 100)).least == 90


def test_the_line_has_a_gap_where_nothing_was_measured_and_where_scores_do_not_compare() -> None:
    assert [len(line.split()) for line in drawn(*(point(day, 90) for day in range(4))).lines] == [4]
    gap = drawn(point(0, 90), point(1, 90), point(2, None), point(3, 90), point(4, 90))
    assert [len(line.split()) for line in gap.lines] == [2, 2]
    other = drawn(point(0, 90), point(1, 90), point(2, 50, changed=True), point(3, 50))
    assert [len(line.split()) for line in other.lines] == [2, 2]
    assert other.plans == (other.marks[2].x,)


def test_bounds_are_drawn_where_they_differ() -> None:
    assert drawn(point(0, 90), point(1, 90)).bands == ()
    assert [len(band.split()) for band in drawn(point(0, 90), point(1, 90, lower=80)).bands] == [4]


def test_a_single_score_stands_in_the_middle() -> None:
    made = drawn(point(0, 90))
    assert made.left < made.marks[0].x < made.right
    assert (made.lines, made.bands) == ((), ())


def test_nothing_is_drawn_of_no_score() -> None:
    assert plot([]) is None
    assert plot([point(0, None)]) is None


def test_everything_is_within_the_picture_and_dates_do_not_touch() -> None:
    made = drawn(*(point(day / 7, day % 101) for day in range(100)))
    assert all(made.left <= mark.x <= made.right and made.top <= mark.y <= made.bottom for mark in made.marks)
    assert all(0 <= label.at <= HEIGHT for label in made.scores)
    apart = [later.at - earlier.at for earlier, later in zip(made.dates, made.dates[1:], strict=False)]
    assert len(made.dates) > 3
    assert all(distance >= 70 for distance in apart)
    assert all(30 <= label.at <= WIDTH - 30 for label in made.dates)
