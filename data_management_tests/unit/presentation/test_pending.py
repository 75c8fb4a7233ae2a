"""What is told of files that wait to be judged."""

from data_management.application.holders import holder_of
from data_management.application.views import Pending
from data_management.domain.models import PendingArrivals
from data_management.presentation.dtos.landings import PendingDto


def test_a_run_that_holds_files_is_named_without_the_dataset() -> None:
    pending = Pending(PendingArrivals(0, 0, 0), 0, unscored=False, holders=(holder_of("abc", "orders"),))
    assert PendingDto.of("orders", pending).held_by == ["abc"]
