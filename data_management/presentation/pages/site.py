"""What every page needs: the catalog, who asks, and how an answer looks."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from data_management.application.commands import Caller
from data_management.application.queries import Query
from data_management.application.services import Application, Authenticator
from data_management.errors import InvalidInput
from data_management.presentation.api.values import without_values
from data_management.presentation.pages.links import name_in
from data_management.presentation.pages.rendering import html, render
from data_management.presentation.pages.sessions import Sessions

A = TypeVar("A")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class PageOptions:
    lineage: Callable[[str], str] | None = None
    """Where Dagster shows the lineage of a dataset; None where nobody said where Dagster is."""


@dataclass(frozen=True)
class Site:
    app: Application
    authenticator: Authenticator
    sessions: Sessions
    options: PageOptions

    def answer(
        self,
        template: str,
        *,
        caller: Caller | None,
        status: HTTPStatus = HTTPStatus.OK,
        headers: dict[str, str] | None = None,
        **values: Any,
    ) -> Response:
        shown: dict[str, Any] = {"who": caller, "here": "", "q": "", "request_id": None} | values
        return html(render(template, shown), status, headers)


@dataclass(frozen=True)
class Asked:
    """One request for a page, by somebody who may see it."""

    site: Site
    request: Request
    caller: Caller

    def ask(self, query: Query[A]) -> A:
        return self.site.app.ask(query)

    def name(self, parameter: str = "dataset") -> str:
        """What the path names."""
        return name_in(self.request.path_params[parameter])

    def wanted(self, kind: type[M]) -> M:
        """The query of the address; `InvalidInput` where it is none of ours. An empty field of a form is one that was not filled."""
        given = self.request.query_params
        values = {
            name: given.getlist(name) if isinstance(kind.model_fields[name].default, list | tuple) else given[name]
            for name in kind.model_fields
            if given.get(name)
        }
        try:
            return kind.model_validate(values)
        except ValidationError as error:
            wrong = ", ".join(f"{each['loc'][0]} ({each['msg']})" for each in error.errors() if each["loc"])
            raise InvalidInput(
                f"this address asks for what there is not: {wrong}; start again from the dataset"
            ) from error

    def seen(self, document: M) -> M:
        """Without values of the data for whom they are not."""
        return without_values(document, self.caller)

    def answer(self, template: str, **values: Any) -> Response:
        return self.site.answer(template, caller=self.caller, **values)


Page = Callable[[Asked], Response]
