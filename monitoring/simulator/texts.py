"""What the made-up pages write: a few dozen texts by topic, some of them with signs that careless readers trip over."""

import html
import json

from .campaigns import text_sent
from .pages import Page
from .posts import Post
from .words import CULTURE, EDUCATION, FLOWERS, HEALTH, POWER, SERVICES, SOCIAL, SPORT, VILLAGES

_GENERAL = (
    "С праздником, дорогие земляки! Желаем здоровья и мира вашим семьям.",
    "Напоминаем: сообщить о проблеме можно через кнопку «Решаем вместе» в меню нашей страницы.",
    "График работы в праздничные дни: с 9:00 до 16:00 & без перерыва.",
    "Приглашаем на день открытых дверей <в субботу, 11:00>. Вход свободный!",
    "Подписывайтесь на нашу страницу, чтобы не пропустить новости 🙂",
    "Итоги недели — в нашей подборке. Спасибо всем, кто участвовал!",
    'Вниманию жителей: изменился номер телефона. Новый "единый" номер — на странице в разделе «Контакты».',
)
_BY_TOPIC = {
    EDUCATION: (
        "Сегодня в школе прошёл «Разговор о важном». Ребята говорили о профессиях своих родителей.",
        "Поздравляем победителей муниципального этапа олимпиады по математике!",
        "Наши воспитанники нарисовали осень. Посмотрите, какие яркие работы получились 🍁",
        "Запись в первый класс начнётся 1 апреля. Список документов — по ссылке.",
        "Родительское собрание состоится в четверг в 18:00.",
        "Команда юных техников заняла второе место на краевых соревнованиях.",
    ),
    CULTURE: (
        "В библиотеку поступили новые книги. Приходите выбрать!",
        "Приглашаем на концерт народного хора в субботу в 15:00.",
        "Выставка работ местных художников открыта до конца месяца.",
        "Кружок вокала объявляет набор: ждём детей от 7 лет.",
        "Как прошла «Библионочь»: фотографии и отзывы гостей.",
    ),
    HEALTH: (
        "Идёт вакцинация от гриппа. Прививку можно сделать без записи с 8:00 до 18:00.",
        "В поликлинике новый аппарат УЗИ: приём ведётся по направлению врача.",
        "Врач-терапевт рассказывает, как пройти диспансеризацию за один день.",
        "Телефон горячей линии теперь работает круглосуточно.",
    ),
    SPORT: (
        "Наши спортсмены привезли три медали с первенства округа 🏆",
        "Открыт набор в секцию самбо. Тренировки — вторник и четверг.",
        "Приглашаем всех на семейные старты в воскресенье!",
    ),
    SOCIAL: (
        "Кто имеет право на субсидию: отвечаем на частые вопросы.",
        "Ярмарка вакансий пройдёт 14 числа в 10:00. Более 200 рабочих мест.",
        "В центре открылась «Школа ухода» за пожилыми людьми.",
        "Сбор тёплых вещей для многодетных семей продолжается.",
    ),
    POWER: (
        "Глава провёл приём граждан: 17 обращений взято в работу.",
        "Во дворах завершается благоустройство по программе «Комфортная городская среда».",
        "Опубликован проект бюджета. Публичные слушания — 15 ноября.",
        "Дорожные службы вышли на уборку снега: на линии 24 машины.",
        "Обсудили с жителями ремонт дороги и освещение улиц.",
    ),
    SERVICES: (
        "Плановое отключение воды: с 9:00 до 17:00 по улицам Лесной и Речной.",
        "Получить услугу теперь можно и в субботу, без записи.",
        "Показания счётчиков воды принимаются до 25 числа.",
    ),
}
TEXTS = {topic: texts + _GENERAL for topic, texts in _BY_TOPIC.items()}
# Without the quotes around.
_AS_JSON = {topic: [json.dumps(text, ensure_ascii=False)[1:-1] for text in texts] for topic, texts in TEXTS.items()}
_AS_HTML = {topic: [html.escape(text, quote=False) for text in texts] for topic, texts in TEXTS.items()}
_OWN_WORDS = [f", «{flower}», {village} " for flower in FLOWERS for village in VILLAGES]
_REGION = 4_000_000  # keys of pages of one region lie in one stretch of so many


def as_json(page: Page, post: Post) -> str:
    """The post's text in JSON, with its quotes: its own, or what was sent around word for word."""
    if post.copy_of:
        return f'"{text_sent(page.key // _REGION, post.copy_of)}"'
    texts = _AS_JSON[page.institution.kind.topic]
    return f'"{texts[post.chance % len(texts)]}{_own_words(page, post)}"'


def as_html(page: Page, post: Post) -> str:
    """The post's text in HTML."""
    if post.copy_of:
        return text_sent(page.key // _REGION, post.copy_of)
    texts = _AS_HTML[page.institution.kind.topic]
    return texts[post.chance % len(texts)] + _own_words(page, post)


def _own_words(page: Page, post: Post) -> str:
    """Words of no other post: number and key with letters between, so that they differ also to who skips all signs.

    None of their signs needs an escape in JSON or HTML.
    """
    return f" № {post.number + 1}{_OWN_WORDS[(post.chance >> 4) % len(_OWN_WORDS)]}{page.key}"


def about(name: str, town: str) -> str:
    """A page's description."""
    return f"Официальная страница. {name}. Адрес: {town}, ул. Центральная, 1. Телефон: +7 (000) 000-00-00."
