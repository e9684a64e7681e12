"""What the page says: sentences that are not in a template, in Chinese.

Belongs here: words. Does not belong here: when they are said.
"""

SIGNED_OUT = "已退出。"
WRONG_TOKEN = "令牌不对，或已过期、已收回。请核对后重新输入；确实打不开的，请与大数据局联系。"
TOO_MANY = "输错次数太多，请 15 分钟后再试；令牌遗失的，请与大数据局联系重发。"
ENTER_AGAIN = "登录已过期，请重新输入令牌。已保存的答复都还在。"
NOT_FROM_HERE = "页面已过期或不是从本页提交的，没有保存。请返回重新打开。"
NO_SUCH_TICKET = "本期没有这个工单，可能已有新一期返还。请回到清单。"
NO_SUCH_PAGE = "没有这个页面。请回到清单。"
NO_SUCH_RECEIPT = "没有这份回执。"
TOO_LONG = "提交的内容太长，没有保存。说明请控制在 {most} 字以内。"
TOO_OLD = "已有新一期返还，这一页是上一期的，没有保存。请回到清单，按新一期的内容答复。"
NOTHING_TO_HAND_IN = "还没有要提交的答复。"
HANDED_IN = "已提交 {count} 条答复。核对结果见「回执」，通常在当天。"
SAVED = "已保存。"
TAKEN_BACK = "已清空这条答复。"
MEANWHILE = "{name}在您打开这一页之后已答复这一条，您的没有保存。两份都列在下面：请商量后再选一次并保存。"
WENT_WRONG = "出了意外，没有保存，请稍后再试。事件编号 {number}，请告诉大数据局。"
