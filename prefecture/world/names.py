"""Names of people, made of short lists.

Belongs here: surnames, given names, who is called how. Does not belong here: families. A few characters lie
outside GBK (䶮, 𠮷, 㳘 …): files in GB18030 carry them, files in GBK would lose them. Every county has rare
characters of its own, so that people who bear them have no namesakes in another county.
"""

import numpy as np

FAMILY_NAMES = "王李张刘于孙赵杨徐姜林宋曲陈吕马隋邹初迟高周郭慕丁战栾冷董郝尹衣韩唐鲁史滕盖柳矫牟车范潘吴"
_COMMON = np.r_[9.0, 8.5, 7.5, 7.5, 6.5, 6.0, 3.5, 3.3, 3.2, 3.0, np.full(len(FAMILY_NAMES) - 10, 1.0)]
_GIVEN = {
    (1, True): ("德福国建志明永玉文春世忠振学成", "山海明林福军平江生田义臣东河庆"),
    (2, True): ("桂秀玉淑凤春翠金美兰月素彩爱风", "英兰芝香华荣珍花梅云芳莲琴娥芬"),
    (1, False): ("俊浩子宇晓博天海嘉一志文泽明家", "杰宇轩豪鹏涛然睿辰阳昊凯鑫霖铭"),
    (2, False): ("雨梓欣晓佳思诗雅梦静婷若可心美", "涵怡萱琪妍婷雪彤颖悦菲洁瑶宁琳"),
}
_RARE = np.array(["䶮", "𠮷", "㛃", "𬱖", "䲟"])
# Of the third level of 通用规范汉字表 (2013), 13 counties by 4.
_RARE_OF_COUNTY = np.array(
    list("㑇㑊㕮㘎㙍㙘㙦㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䎖䏡䐃䓖䓛䓨䓫䓬䗴䜣")
).reshape(13, 4)
_RARE_SHARE = 0.003
_ONE_CHARACTER_SHARE = 0.18


def surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    """Surnames of `count` people without regard to families."""
    return rng.choice(np.array(list(FAMILY_NAMES)), count, p=_COMMON / _COMMON.sum())


def given_names(
    rng: np.random.Generator, sex: np.ndarray, is_older: np.ndarray, county: np.ndarray | None = None
) -> np.ndarray:
    """Given names of one or two characters; `is_older` picks the taste of the time before 1980. `county` (index
    into the census) gives rare characters of the county's own."""
    result = np.empty(len(sex), dtype="U2")
    for (wanted, older), (first, second) in _GIVEN.items():
        chosen = np.flatnonzero((sex == wanted) & (is_older == older))
        head = rng.choice(np.array(list(first)), len(chosen))
        tail = rng.choice(np.array(list(second)), len(chosen))
        result[chosen] = np.where(rng.random(len(chosen)) < _ONE_CHARACTER_SHARE, tail, np.char.add(head, tail))
    rare = np.flatnonzero(rng.random(len(sex)) < _RARE_SHARE)
    which = rng.random(len(rare))
    pool = _RARE_OF_COUNTY[county[rare]] if county is not None else np.tile(_RARE, (len(rare), 1))
    result[rare] = pool[np.arange(len(rare)), (which * pool.shape[1]).astype(int)]
    return result


def officers(rng: np.random.Generator, count: int) -> np.ndarray:
    """Full names of grid officers and surveyors."""
    sex = rng.integers(1, 3, count)
    return np.char.add(surnames(rng, count), given_names(rng, sex, rng.random(count) < 0.5))
