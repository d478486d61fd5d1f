"""A copy of the catalogue's files that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

from catalogue.yaml_files import DATA

KIND = """
key: robot_rental
order: 90
icon: robot
place_bound: false
labels: {zh-Hans: 机器人租赁, zh-Hant: 機械人租用, en: Robot rental}
descriptions: {zh-Hans: 按月租用的机器人, zh-Hant: 按月租用的機械人, en: Robots by the month}
sections:
  - key: robot
    labels: {zh-Hans: 机器人, zh-Hant: 機械人, en: The robot}
    fields:
      - {key: features, required: true}
      - serves
      - price
      - key: robot_height_cm
        type: integer
        unit: cm
        facet: true
        compare: at_most
        maximum: 300
        labels: {zh-Hans: 高度, zh-Hant: 高度, en: Height}
"""


def copied(folder: Path) -> Path:
    """fields.yaml and kinds/ in a folder of the test's own."""
    shutil.copy(DATA / "fields.yaml", folder / "fields.yaml")
    shutil.copytree(DATA / "kinds", folder / "kinds")
    return folder
