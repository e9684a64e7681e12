"""Names of people, made of short lists.

Belongs here: surnames, given names, who is called how. Does not belong here: families. A few characters lie
outside GBK (䶮, 𠮷 …): files in GB18030 carry them, files in GBK would lose them.
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
_RARE_SHARE = 0.003
_ONE_CHARACTER_SHARE = 0.18


def surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    """Surnames of `count` people without regard to families."""
    return rng.choice(np.array(list(FAMILY_NAMES)), count, p=_COMMON / _COMMON.sum())


def given_names(rng: np.random.Generator, sex: np.ndarray, is_older: np.ndarray) -> np.ndarray:
    """Given names of one or two characters; `is_older` picks the taste of the time before 1980."""
    result = np.empty(len(sex), dtype="U2")
    for (wanted, older), (first, second) in _GIVEN.items():
        chosen = np.flatnonzero((sex == wanted) & (is_older == older))
        head = rng.choice(np.array(list(first)), len(chosen))
        tail = rng.choice(np.array(list(second)), len(chosen))
        result[chosen] = np.where(rng.random(len(chosen)) < _ONE_CHARACTER_SHARE, tail, np.char.add(head, tail))
    rare = np.flatnonzero(rng.random(len(sex)) < _RARE_SHARE)
    result[rare] = rng.choice(_RARE, len(rare))
    return result


def officers(rng: np.random.Generator, count: int) -> np.ndarray:
    """Full names of grid officers and surveyors."""
    sex = rng.integers(1, 3, count)
    return np.char.add(surnames(rng, count), given_names(rng, sex, rng.random(count) < 0.5))
