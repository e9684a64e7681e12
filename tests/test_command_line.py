"""What is typed is judged before anything runs, in a sentence."""

import pytest

from pipelines import __main__ as commands


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["turn", "2024-W01-1"], "2024-W01-1 不是日期，请写成 2024-02-29"),
        (["turn", "20240229"], "20240229 不是日期"),
        (["turn", "2024-02-30"], "2024-02-30 不是日期"),
        (["trace", "F01", "\udcff"], "argument record_key: 其中有不是 UTF-8 的文字"),
        (["turn", "2024-02-29", "--because", "\udcff"], "argument --because: 其中有不是 UTF-8 的文字"),
        (["inspect", "x.csv", "--rows", "9" * 30], "不是行数，请写 0 到 1000 的整数"),
        (["inspect", "x.csv", "--rows", "-1"], "-1 不是行数"),
    ],
)
def test_an_argument_that_will_not_do(monkeypatch, capsys, tmp_path, typed, told):
    monkeypatch.setenv("ZHENJIE_DATA", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["pipelines", *typed])
    with pytest.raises(SystemExit) as left:
        commands.main()
    assert left.value.code == 2
    assert told in capsys.readouterr().err


def test_a_path_that_is_too_long(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("ZHENJIE_DATA", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["pipelines", "inspect", "长" * 2000])
    assert commands.main() == 1
    assert capsys.readouterr().err.startswith("路径太长：长长")


def test_a_data_folder_that_is_a_file_is_said_to_be_one(tmp_path, monkeypatch, capsys):
    file = tmp_path / "data"
    file.write_text("no folder")
    monkeypatch.setenv("ZHENJIE_DATA", str(file))
    monkeypatch.setattr("sys.argv", ["pipelines", "turn", "2024-01-31"])
    assert commands.main() == 1
    assert f"{file} 不是文件夹；请把 ZHENJIE_DATA 设为数据文件夹" in capsys.readouterr().err
