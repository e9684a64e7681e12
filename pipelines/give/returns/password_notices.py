"""《口令通知单》: a page a township with the password of its workbooks, to be printed and handed over apart from them.

Belongs here: those pages, county by county, in the folder of the keys and nowhere else. Does not belong here: which
password (security/keys.py).
"""

from collections.abc import Iterable
from datetime import date
from html import escape
from itertools import groupby
from pathlib import Path

from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.whole_files import PRIVATE, write_whole

FILE = "口令通知单.html"
_HEAD = """<!DOCTYPE html>
<html lang="zh-CN"><meta charset="utf-8"><title>口令通知单</title>
<style>
@page { size: A4; margin: 25mm 22mm; }
body { font: 16px/2 "FangSong", "仿宋", "Noto Serif CJK SC", serif; max-width: 42em; margin: 0 auto; }
section { padding: 2em 0; break-after: page; }
h1, h2 { text-align: center; font-size: 26px; }
code { display: block; text-align: center; font-size: 28px; letter-spacing: 2px; }
.issued { text-align: right; }
span { display: inline-block; white-space: nowrap; margin-right: 1.5em; }
</style>
"""
_COUNTY = """<article>
<section>
<h1>{county}　口令通知单</h1>
<p>以下 {count} 页，每个镇街一页，由{county}数据专员分别送达并请签收：</p>
<p>{names}</p>
{issued}</section>
"""
_PAGE = """<section>
<h2>口令通知单</h2>
<p>{county}{name}（{code}）：</p>
<p>打开贵镇街返还工作簿的口令是</p>
<code>{password}</code>
<p>共四组，全部大写，组间有短横线；没有数字 0、1 和字母 I、L、O。换发密钥之前，每期的口令都相同。</p>
<p>本单由数据专员专人保管，不拍照，不转发，不与工作簿放在一起。遗失或可能已被他人看到的，立即报告区市数据专员，转报市大数据局。\
口令由全市同一密钥算出，不能只换一个镇街的：由市大数据局换发密钥，重新签发返还文件和全市的口令通知单；\
此前签发的文件仍用原口令打开，但按其填报的不再受理。</p>
{issued}<p><span>区市数据专员：＿＿＿＿＿＿</span><span>电话：＿＿＿＿＿＿＿＿</span><span>签收人：＿＿＿＿＿＿</span>\
<span>日期：＿＿＿＿＿＿</span></p>
</section>
"""
_ISSUED = """<p class="issued"><span>市大数据局</span><br>
<span>随数据日期 {year}年{month}月{day}日 的返还文件签发</span></p>
"""


def write_password_notices(keys: KeyProvider, as_of: date, townships: Iterable[tuple[str, str, str]]) -> Path:
    """One file (0600) with a part for each county, which can be printed alone: its title, and a page for each
    (county, code, name), sorted by code; equal input gives equal bytes."""
    issued = _ISSUED.format(year=as_of.year, month=as_of.month, day=as_of.day)
    by_code = sorted(set(townships), key=lambda t: t[1])
    parts = (_part(keys, issued, county, list(here)) for county, here in groupby(by_code, key=lambda t: t[0]))
    path = keys.folder / FILE
    write_whole(path, f"{_HEAD}{''.join(parts)}</html>\n", PRIVATE)
    return path


def _part(keys: KeyProvider, issued: str, county: str, townships: list[tuple[str, str, str]]) -> str:
    names = escape("、".join(name for _, _, name in townships))
    title = _COUNTY.format(county=escape(county), count=len(townships), names=names, issued=issued)
    pages = (
        _PAGE.format(
            county=escape(county), name=escape(name), code=escape(code), password=keys.password(code), issued=issued
        )
        for _, code, name in townships
    )
    return f"{title}{''.join(pages)}</article>\n"
