"""Checks that each fault of a page is found, on pages made with that fault.

  bad_pages_test.py TREE BUILD SCRATCH"""

import sys
import unittest
from pathlib import Path

from blocks import PageFault, blocks_of, pages_of
from place import install, make_place
from run_pages import run_page

TREE, BUILD, SCRATCH = (Path(word).resolve() for word in sys.argv[1:4])
PREFIX = SCRATCH / "prefix"


class BadPages(unittest.TestCase):
    def setUp(self) -> None:
        self.tree = SCRATCH / "trees" / self.id()
        self.tree.mkdir(parents=True, exist_ok=True)
        for name in ("dev", "bindings", "CMakePresets.json"):
            if not (self.tree / name).is_symlink():
                (self.tree / name).symlink_to(TREE / name)

    def run_text(self, text: str) -> int:
        (self.tree / "page.md").write_text(text, encoding="utf-8")
        return run_page(make_place(self.tree, BUILD, PREFIX, SCRATCH / "places" / self.id()), Path("page.md"))

    def assert_fault(self, text: str, *words: str) -> None:
        with self.assertRaises(PageFault) as caught:
            self.run_text(text)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_language_that_nothing_runs(self) -> None:
        self.assert_fault("# Page\n\n```rust\nfn main() {}\n```\n", "page.md:4", "'rust'")
        self.assert_fault("```\nanything\n```\n", "page.md:2", "''")

    def test_block_that_nothing_closes(self) -> None:
        self.assert_fault("words\n```sh\ntrue\n", "page.md:2", "unclosed block")

    def test_block_within_a_list_is_found(self) -> None:
        self.assert_fault("- item\n\n  ```sh\n  false\n  ```\n", "page.md:4", "at: false")

    def test_command_among_text(self) -> None:
        self.assert_fault("```text\na layout\n  build/coffer stats\n```\n", "holds a command: build/")
        self.assertEqual(self.run_text("```text\nbuild     what was built\n```\n"), 1)

    def test_command_that_fails_before_others_that_do_not(self) -> None:
        self.assert_fault("```sh\nbuild/coffer get prompt none\ntrue\n```\n", "ended with 4", "at: build/coffer get")

    def test_command_that_fails_within_a_pipe(self) -> None:
        self.assert_fault("```sh\nfalse | cat\n```\n", "ended with 1")

    def test_word_that_dev_does_not_have(self) -> None:
        self.assertEqual(self.run_text("```sh\n./dev\n./dev test storage\n```\n"), 1)
        self.assert_fault("```sh\n./dev install\n```\n", "./dev has no 'install'")

    def test_package_that_apt_does_not_know(self) -> None:
        self.assert_fault("```sh\nsudo apt install zstd libno-such-thing9\n```\n", "no package libno-such-thing9")

    def test_extra_and_folder_that_pip_would_not_find(self) -> None:
        self.assert_fault("```sh\npip install './bindings/python[arrow,snow]'\n```\n", "has no snow")
        self.assert_fault("```sh\npip install ./bindings/none\n```\n", "No such file")

    def test_preset_that_is_not_there(self) -> None:
        self.assert_fault("```sh\ncmake --preset libary\n```\n", "libary")

    def test_call_over_http_that_is_refused(self) -> None:
        call = 'curl -H "Authorization: Bearer coffer_..." localhost:8000/api/v1/data/'
        self.assertEqual(self.run_text(f"```sh\n./dev serve\n{call}stats\n```\n"), 1)
        self.assert_fault(f"```sh\n./dev serve\n{call}statistics\n```\n", "curl: 404")
        self.assert_fault("```sh\n./dev serve\ncurl localhost:8000/api/v1/data/stats\n```\n", "curl: 401")

    def test_program_that_fails(self) -> None:
        self.assert_fault("```python\nimport coffer\ncoffer.no_such_call()\n```\n", "no_such_call")

    def test_program_that_does_not_compile(self) -> None:
        self.assert_fault("```c\nint main(void) { return coffer_none(); }\n```\n", "coffer_none")

    def test_example_that_was_changed_elsewhere(self) -> None:
        (self.tree / "examples").mkdir(exist_ok=True)
        (self.tree / "examples/first_program.cc").write_text("// First.\nint main() { return 0; }\n", encoding="utf-8")
        self.assert_fault("```cpp\n// First.\nint main() { return 1; }\n```\n", "differs from examples/first_program.cc")

    def test_piece_that_answers_a_failure(self) -> None:
        piece = "```cpp\nif (const auto prompt = engine.GetPrompt(\"none\"); !prompt.ok()) return prompt.status();\n```\n"
        self.assert_fault(piece, "page.md:2", "not_found: prompt none")

    def test_library_that_the_installed_copy_does_not_have(self) -> None:
        links = "```cmake\nfind_package(coffer CONFIG REQUIRED)\ntarget_link_libraries(my_program PRIVATE coffer::%s)\n```\n"
        self.assertEqual(self.run_text(links % "shared"), 1)
        self.assert_fault(links % "none", "coffer::none")
        self.assert_fault("```cmake\nfind_package(coffer CONFIG REQUIRED)\n```\n", "links nothing")

    def test_json_that_is_none_and_record_that_is_refused(self) -> None:
        prompt = '{"type":"prompt","id":"p1","owner_id":"anna","name":"Sum up","content":"Sum up: {text}"}'
        self.assertEqual(self.run_text(f"```json\n{prompt}\n```\n"), 1)
        self.assert_fault('```json\n{"a":1}\n{"a":}\n```\n', "line 2 of the block is not JSON")
        self.assert_fault("```json\n" + prompt.replace('"owner_id":"anna",', "") + "\n```\n", "owner_id")

    def test_output_that_differs(self) -> None:
        self.assertEqual(self.run_text("```sh\necho id 17\n```\n\n```output\nid …\n```\n"), 2)
        self.assert_fault("```sh\necho id 17\n```\n```output\nid 1\n```\n", "the output differs", "id 17")
        self.assert_fault("```output\nid 1\n```\n", "without a block before it")

    def test_pages_of_a_build_are_none_of_the_tree(self) -> None:
        for name in ("page.md", "lib/page.md", "build/page.md", "build-other/page.md", ".cache/page.md", "building/page.md"):
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tree / name).write_text("", encoding="utf-8")
        self.assertEqual([str(page) for page in pages_of(self.tree)], ["building/page.md", "lib/page.md", "page.md"])
        self.assertEqual(blocks_of(self.tree, Path("page.md")), [])


if __name__ == "__main__":
    install(BUILD, PREFIX)
    unittest.main(argv=sys.argv[:1])
