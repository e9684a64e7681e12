"""《口令通知单》: a page a township with the password of its workbooks, to be printed and handed over apart from them.

Belongs here: those pages, in the folder of the keys and nowhere else. Does not belong here: which password
(security/keys.py).
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.whole_files import PRIVATE, write_whole

FILE = "口令通知单.html"
_HEAD = """<!DOCTYPE html>
<html lang="zh-CN"><meta charset="utf-8"><title>口令通知单</title>
<style>
body { font: 16px/2 "FangSong", "仿宋", "Noto Serif CJK SC", serif; max-width: 42em; margin: 0 auto; }
section { padding: 3em 1em; break-after: page; }
h1 { text-align: center; font-size: 26px; }
code { display: block; text-align: center; font-size: 28px; letter-spacing: 2px; }
</style>
"""
_PAGE = """<section>
<h1>口令通知单</h1>
<p>{name}（{code}）：</p>
<p>打开贵镇街返还工作簿的口令是</p>
<code>{password}</code>
<p>共四组，全部大写，组间有短横线；没有数字 0、1 和字母 I、L、O。每期的口令都相同。</p>
<p>本单由数据专员专人保管，不拍照，不转发，不与工作簿放在一起；遗失的，立即报告区市数据专员。</p>
<p>区市数据专员：＿＿＿＿＿＿　电话：＿＿＿＿＿＿＿＿＿　签收人：＿＿＿＿＿＿　日期：＿＿＿＿＿＿</p>
</section>
"""


def write_password_notices(keys: KeyProvider, townships: Iterable[tuple[str, str]]) -> Path:
    """One file (0600) with a page for each (code, name), sorted by code; equal input gives equal bytes."""
    pages = (
        _PAGE.format(name=escape(name), code=escape(code), password=keys.password(code))
        for code, name in sorted(set(townships))
    )
    path = keys.folder / FILE
    write_whole(path, f"{_HEAD}{''.join(pages)}</html>\n", PRIVATE)
    return path
