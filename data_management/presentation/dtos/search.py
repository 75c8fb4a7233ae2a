"""What a search finds, in JSON. Field names are part of the public interface."""

from pydantic import BaseModel

from data_management.application.views import SearchHit


class SearchHitDto(BaseModel):
    """`kind` is ``dataset`` or ``data_asset``, `id` the one's name or the other's id; `matched` are the fields that the words are in."""

    kind: str
    id: str
    dataset: str
    name: str
    location: str | None
    description: str
    matched: list[str]

    @classmethod
    def of(cls, hit: SearchHit) -> "SearchHitDto":
        return cls(
            kind=hit.kind,
            id=hit.id,
            dataset=hit.dataset,
            name=hit.name,
            location=hit.location,
            description=hit.description,
            matched=list(hit.matched),
        )
