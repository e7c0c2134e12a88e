"""Areas of Xinjiang.

The English, Uyghur and Chinese forms of one unit are one area; a shared name asks.
"""

from __future__ import annotations

import pytest

from xinjiang_record.reconcile.areas import AreaIndex

AREAS = [
    {"area_id": "xinjiang", "area_type": "autonomous_region", "title": "Xinjiang"},
    {"area_id": "hotan", "area_type": "prefecture", "title": "Hotan prefecture"},
    {"area_id": "hotan-city", "area_type": "county", "title": "Hotan city"},
    {"area_id": "konasheher", "area_type": "county", "title": "Konasheher county"},
]
NAMES = [
    {"area_id": "konasheher", "name": name}
    for name in ("Shufu county", "疏附县", "كونا شەھەر ناھىيىسى", "Kona Sheher")
] + [
    {"area_id": "hotan", "name": "和田地区"},
    {"area_id": "hotan", "name": "Hetian"},
    {"area_id": "hotan-city", "name": "和田市"},
]
INDEX = AreaIndex(AREAS, NAMES)


@pytest.mark.parametrize(
    "name",
    [
        "Konasheher",
        "Shufu",
        "疏附",
        "疏附县",
        "Shufu County",
        "كونا شەھەر",
        "KONA SHEHER",
        "Konasheher (Shufu)",
        "Kona\u200fsheher",
    ],
)
def test_all_forms_are_one_area(name: str) -> None:
    assert INDEX.reconcile(name).area_id == "konasheher"


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("和田地区", "hotan"),
        ("和田市", "hotan-city"),
        ("Hotan City", "hotan-city"),
        ("Hotan Prefecture", "hotan"),
        ("Xinjiang", "xinjiang"),
    ],
)
def test_the_kind_settles(name: str, area: str) -> None:
    assert INDEX.reconcile(name).area_id == area


@pytest.mark.parametrize("name", ["Hotan", "和田", "Hetian"])
def test_a_shared_name_asks(name: str) -> None:
    match = INDEX.reconcile(name)
    assert match.status == "ambiguous" and {"hotan", "hotan-city"} <= set(match.candidates)


def test_a_near_name_is_only_proposed() -> None:
    match = INDEX.reconcile("Konashehir")
    assert (match.status, match.candidates) == ("unknown", ("konasheher",))
    assert INDEX.reconcile("Lhasa").candidates == ()
