"""The index of the search: whole for a small book, in parts for a large one, none of them heavy."""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from pathlib import Path

from living_review.build import search_index

MEGABYTE = 1_000_000


def made_up(pages: int) -> list[list]:
    """Return sections of so many pages, of words that compress badly."""
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(20_000)]
    entries = []
    for page in range(pages):
        for at in range(3):
            prose = " ".join(rng.choices(words, k=300))
            rows = [[rng.choice(words), " ".join(rng.choices(words, k=20))] for _ in range(40)]
            heading = f"Part {at}" if at else ""
            entries.append([f"p{page}.html#{at}", f"Page {page}", heading, prose, [["Table", rows]]])
    return entries


def unpacked(path: Path) -> object:
    packed = re.search(r'="([^"]+)";', path.read_text(encoding="ascii"))
    return json.loads(zlib.decompress(base64.b64decode(packed[1])))


def test_no_file_of_the_index_of_a_large_book_is_above_a_megabyte(tmp_path: Path) -> None:
    entries = made_up(300)
    assert len(json.dumps(entries)) > 5 * search_index.LARGEST
    search_index.write(tmp_path, entries)
    sizes = {p.name: p.stat().st_size for p in tmp_path.rglob("*.js")}
    assert len(sizes) > 30
    assert {name: size for name, size in sizes.items() if size > MEGABYTE} == {}
    parts = sorted(tmp_path.glob("search/part-*.js"), key=lambda p: int(p.stem[5:]))
    assert [entry for part in parts for entry in unpacked(part)[0]] == entries


def test_every_part_that_holds_a_piece_of_a_word_is_named_for_it(tmp_path: Path) -> None:
    entries = made_up(6)
    search_index.write(tmp_path, entries, 30_000)
    main = unpacked(tmp_path / search_index.MAIN)
    parts = [unpacked(tmp_path / "search" / f"part-{n}.js")[0] for n in range(main["parts"])]
    rng = random.Random(2)
    for _ in range(50):
        word = rng.choice(rng.choice(entries)[3].split())
        piece = search_index.fold(word)[1 : rng.randrange(3, 7)]
        masks = [mask_of(tmp_path, gram) for gram in whole_grams(piece)]
        for number, part in enumerate(parts):
            if piece in search_index.fold(json.dumps(part)):
                assert all(mask >> number & 1 for mask in masks), (piece, number)


def whole_grams(piece: str) -> set[str]:
    size = min(3, len(piece))
    return {piece[at : at + size] for at in range(len(piece) - size + 1)}


def mask_of(folder: Path, gram: str) -> int:
    held = unpacked(folder / "search" / f"letter-{search_index.letter(gram)}.js")
    return next(int(mask, 16) for mask, grams in held.items() if gram in grams)


def test_a_section_knows_the_beginning_of_its_page_in_another_part(tmp_path: Path) -> None:
    entries = made_up(2)
    search_index.write(tmp_path, entries, 1)
    second = unpacked(tmp_path / "search" / "part-1.js")
    assert second[0] == [entries[1]]
    assert list(second[1]) == ["Page 0"]
    assert entries[0][3].startswith(second[1]["Page 0"])


def test_a_small_book_has_one_file_and_loses_the_parts_of_before(tmp_path: Path) -> None:
    entries = made_up(2)
    search_index.write(tmp_path, entries, 1)
    search_index.write(tmp_path, entries)
    assert [p.name for p in tmp_path.iterdir()] == [search_index.MAIN]
    assert unpacked(tmp_path / search_index.MAIN) == entries
