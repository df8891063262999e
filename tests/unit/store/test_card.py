"""The dataset's README: new, kept by its owner, older, newer, broken."""

import yaml

from pipeline.store.card import new_card, updated_card
from pipeline.store.record_to_row import RESULTS
from pipeline.store.schema import COLUMNS, features_yaml

REPO = "owner/folio-results"
FEATURES = yaml.safe_load("features:\n" + features_yaml())["features"]


def front(card: str) -> dict[str, object]:
    parsed = yaml.safe_load(card.split("---\n")[1])
    assert isinstance(parsed, dict)
    return parsed


def test_a_new_card_declares_everything_and_explains_every_column() -> None:
    card = new_card(REPO, RESULTS)
    assert front(card)["dataset_info"] == {"config_name": "default", "features": FEATURES}
    assert front(card)["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": "data/**/*.jsonl"}]}
    ]
    assert f'load_dataset("{REPO}"' in card
    for column in COLUMNS:
        assert f"| `{column.name}` | {column.type} |" in card
    assert "| `pages.reason` | string |" in card


def test_a_complete_card_stays_to_the_byte() -> None:
    card = new_card(REPO, RESULTS)
    assert updated_card(card, REPO, RESULTS) == card
    edited = card.replace("# Folio results", "# Ours").replace("tags:\n", "license: mit\ntags:\n")
    assert updated_card(edited, REPO, RESULTS) == edited


def test_a_card_without_front_matter_gets_one_and_keeps_its_text() -> None:
    card = updated_card("# Written by hand\n", REPO, RESULTS)
    assert front(card)["dataset_info"] == {"config_name": "default", "features": FEATURES}
    assert card.endswith("# Written by hand\n")


def test_broken_front_matter_is_replaced() -> None:
    card = updated_card("---\n: [\n---\nText\n", REPO, RESULTS)
    assert front(card)["dataset_info"] == {"config_name": "default", "features": FEATURES}
    assert card.endswith("Text\n")


def test_columns_and_fields_of_a_newer_folio_stay() -> None:
    features = [dict(feature) for feature in FEATURES]
    pages = next(feature for feature in features if feature["name"] == "pages")
    pages["list"] = [*pages["list"], {"name": "words", "dtype": "int32"}]
    features.append({"name": "colour", "dtype": "string"})
    newer = f"---\n{yaml.safe_dump({'dataset_info': {'features': features}})}---\n"
    updated = front(updated_card(newer, REPO, RESULTS))["dataset_info"]
    assert updated == {"config_name": "default", "features": features}
