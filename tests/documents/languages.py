"""Sentences in other languages than English, by patterns with a number and a year to fill in.

Each language has headings, sentences and the words of a table's head; all are of the project's own writing.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """``sentences`` hold ``{n}`` for a number and ``{y}`` for a year; ``gap`` stands between two sentences."""

    title: str
    headings: tuple[str, ...]
    sentences: tuple[str, ...]
    table: tuple[str, ...]
    rows: tuple[str, ...]
    gap: str = " "

    def paragraph(self, chance: random.Random, sentences: int) -> str:
        """``sentences`` sentences, none twice in a row of as many as there are."""
        chosen = chance.sample(self.sentences, min(sentences, len(self.sentences)))
        return self.gap.join(text.format(n=chance.randint(12, 980), y=chance.randint(1962, 2024)) for text in chosen)


# A letter of some scripts has three bytes: their sentences are folded, which the formatter would undo.
# fmt: off
LANGUAGES = {
    "de": Language(
        "Die Pflege der Gezeitenmühlen",
        ("Das Wehr und der Teich", "Prüfung im Frühjahr", "Größe und Ertrag", "Was übrig bleibt"),
        (
            "Die Mühle am Hafen wurde im Jahr {y} gebaut und mahlt heute noch {n} Säcke im Monat.",
            "Vor jeder Flut öffnet der Müller das Tor, damit der Teich sich füllen kann.",
            "Größere Räder brauchen weniger Wasser, aber längere Übung.",
            "Nach der Prüfung fehlten {n} Schrauben, die niemand vermisst hatte.",
            "Wer das Wehr schließt, schreibt Uhrzeit und Wasserstand in das Buch.",
            "Im Winter ruht die Arbeit, außer wenn das Eis früh bricht.",
        ),
        ("Ort", "Jahr", "Höhe", "Ertrag"),
        ("Nordufer", "Südtor", "Brücke", "Schleuse"),
    ),
    "fr": Language(
        "L’entretien des vergers de montagne",
        ("La taille d’hiver", "L’eau et la terre", "Récolte et réserve", "Ce qui reste à faire"),
        (
            "Le verger du col a été planté en {y} et compte aujourd’hui {n} poiriers.",
            "Après la première gelée, on protège les jeunes troncs avec de la paille.",
            "La récolte a été pesée deux fois, car la balance était déréglée.",
            "Chaque printemps, {n} greffes sont préparées à l’atelier du village.",
            "Où la pente est forte, les murs retiennent la terre et l’eau.",
            "Personne n’a encore mesuré l’ombre des grands noyers.",
        ),
        ("Lieu", "Année", "Arbres", "Récolte"),
        ("Col du Nord", "Vallée", "Terrasse", "Pépinière"),
    ),
    "ru": Language(
        "Уход за речными переправами",
        (
            "Весенний осмотр",
            "Причал и лодки",
            "Расписание на лето",
            "Что осталось сделать",
        ),
        (
            "Переправа у старой пристани работает с "
            "{y} года и перевозит {n} человек в день.",
            "Перед каждым рейсом капитан проверяет "
            "канаты и записывает уровень воды.",
            "Зимой лодки стоят под навесом, а команда чинит вёсла.",
            "После осмотра заменили {n} досок и один руль.",
            "Большая лодка берёт больше груза, "
            "но медленнее поворачивает.",
            "Никто не ждал, что река поднимется так рано.",
        ),
        ("Место", "Год", "Рейсы", "Груз"),
        ("Север", "Остров", "Пристань", "Мост"),
    ),
    "el": Language(
        "Η φροντίδα των ορεινών κήπων",
        (
            "Το νερό και το χώμα",
            "Εργασίες της άνοιξης",
            "Η συγκομιδή",
            "Όσα απομένουν",
        ),
        (
            "Ο κήπος του χωριού φυτεύτηκε το "
            "{y} και έχει σήμερα {n} δέντρα.",
            "Κάθε πρωί ο κηπουρός ανοίγει το κανάλι και μετρά το νερό.",
            "Μετά τη βροχή βρέθηκαν {n} νέα φυτά κοντά στον τοίχο.",
            "Τον χειμώνα η δουλειά σταματά, "
            "εκτός αν ο καιρός είναι καλός.",
            "Τα παλιά εργαλεία φυλάσσονται "
            "στην αποθήκη δίπλα στην πηγή.",
            "Κανείς δεν περίμενε τόσο μεγάλη σοδειά.",
        ),
        ("Τόπος", "Έτος", "Δέντρα", "Σοδειά"),
        ("Βορράς", "Πηγή", "Κοιλάδα", "Λόφος"),
    ),
    "ar": Language(
        "العناية بمكتبات القرى",
        ("قاعة القراءة", "ترتيب الكتب", "زوار الصيف", "ما بقي من العمل"),
        (
            "افتتحت المكتبة في عام {y} وفيها اليوم {n} كتابا.",
            "في كل صباح يفتح الأمين الباب ويكتب عدد الزوار في الدفتر.",
            "بعد الإصلاح وضعت الرفوف الجديدة قرب النافذة الكبيرة.",
            "يزور المكتبة {n} قارئا في الشهر "
            "ويعود أكثرهم في الأسبوع التالي.",
            "الكتب القديمة محفوظة في غرفة باردة بعيدة عن الشمس.",
            "لم يتوقع أحد أن يكبر الفهرس بهذه السرعة.",
        ),
        ("المكان", "السنة", "الكتب", "الزوار"),
        ("السوق", "المدرسة", "المحطة", "الميناء"),
    ),
    "he": Language(
        "הטיפול בתחנות מזג האוויר",
        ("בדיקת האביב", "המדידה והרישום", "רוח וגשם", "מה נשאר לעשות"),
        (
            "התחנה על ההר הוקמה בשנת {y} ויש בה היום {n} מכשירים.",
            "בכל בוקר הצופה קורא את המד ורושם את הגשם במחברת.",
            "אחרי התיקון הוחלפו {n} חיישנים וסוללה אחת.",
            "בחורף הרוח חזקה והקריאות משתנות משעה לשעה.",
            "המחברות הישנות שמורות בארון ליד החלון הגדול.",
            "איש לא ציפה שהטמפרטורה תרד כל כך מהר.",
        ),
        ("מקום", "שנה", "מכשירים", "גשם"),
        ("צפון", "עמק", "נמל", "גבעה"),
    ),
    "hi": Language(
        "गाँव के पुस्तकालयों की देखभाल",
        (
            "पढ़ने का कमरा",
            "किताबों की सूची",
            "गर्मी के पाठक",
            "बाकी काम",
        ),
        (
            "यह पुस्तकालय सन {y} में खुला "
            "और आज इसमें {n} किताबें हैं।",
            "हर सुबह संरक्षक दरवाज़ा खोलता "
            "है और पाठकों की गिनती लिखता है।",
            "मरम्मत के बाद नई अलमारियाँ "
            "खिड़की के पास रखी गईं।",
            "हर महीने {n} पाठक आते हैं "
            "और अधिकतर फिर लौटते हैं।",
            "पुरानी किताबें धूप से दूर "
            "ठंडे कमरे में रखी जाती हैं।",
            "किसी ने नहीं सोचा था कि "
            "सूची इतनी जल्दी बढ़ेगी।",
        ),
        ("स्थान", "वर्ष", "किताबें", "पाठक"),
        ("बाज़ार", "विद्यालय", "स्टेशन", "बंदरगाह"),
    ),
    "th": Language(
        "การดูแลเรือข้ามฟาก",
        (
            "การตรวจในฤดูร้อน",
            "ท่าเรือและเชือก",
            "ตารางเวลา",
            "งานที่เหลือ",
        ),
        (
            "เรือข้ามฟากลำนี้เริ่มวิ่งในปี "
            "{y} และรับคนวันละ {n} คน",
            "ทุกเช้ากัปตันตรวจเชือ"
            "กและจดระดับน้ำลงในสมุด",
            "หลังการซ่อมมีไม้ใหม่ {n} "
            "แผ่นและหางเสือหนึ่งอัน",
            "ในฤดูฝนแม่น้ำไหลแรงแ"
            "ละเรือออกช้ากว่าเดิม",
            "เครื่องมือเก่าเก็บไว"
            "้ในโรงเก็บข้างท่าน้ำ",
            "ไม่มีใครคิดว่าน้ำจะขึ้นเร็วเช่นนี้",
        ),
        ("สถานที่", "ปี", "เที่ยว", "น้ำหนัก"),
        ("ฝั่งเหนือ", "เกาะ", "ท่าเรือ", "สะพาน"),
    ),
    "zh": Language(
        "山地果园的养护",
        ("冬季修剪", "水与土", "收成与储存", "余下的工作"),
        (
            "山口的果园建于{y}年，如今有{n}棵梨树。",
            "每天早晨，园丁打开水渠，并把水量记在本子上。",
            "第一场霜之后，要用稻草包住小树的树干。",
            "今年春天一共准备了{n}个接穗，全部来自村里的苗圃。",
            "坡度大的地方，石墙能留住土和水。",
            "没有人料到收成会这么好。",
        ),
        ("地点", "年份", "树木", "收成"),
        ("北坡", "山谷", "梯田", "苗圃"),
        gap="",
    ),
    "ja": Language(
        "村の図書室の手入れ",
        ("読書室のこと", "本の並べ方", "夏の来館者", "残りの仕事"),
        (
            "この図書室は{y}年に開かれ、いまは{n}冊の本がある。",
            "毎朝、係の人が戸を開け、来館者の数を帳面に書く。",
            "修理のあと、新しい棚は大きな窓のそばに置かれた。",
            "毎月{n}人が訪れ、その多くは次の週にも戻ってくる。",
            "古い本は日の当たらない涼しい部屋に保管されている。",
            "目録がこれほど早く増えるとは誰も思わなかった。",
        ),
        ("場所", "年", "冊数", "来館者"),
        ("市場", "学校", "駅前", "港"),
        gap="",
    ),
    "ko": Language(
        "강변 나루터의 관리",
        ("봄철 점검", "부두와 밧줄", "여름 시간표", "남은 일"),
        (
            "이 나루터는 {y}년에 문을 열었고 하루에 {n}명이 건넌다.",
            "매일 아침 선장은 밧줄을 살피고 물의 높이를 장부에 적는다.",
            "수리가 끝난 뒤 널빤지 {n}장과 키 하나를 새것으로 바꾸었다.",
            "겨울에는 배를 지붕 아래에 두고 노를 손질한다.",
            "큰 배는 짐을 더 싣지만 방향을 바꾸는 데 오래 걸린다.",
            "강물이 이렇게 일찍 불어날 줄은 아무도 몰랐다.",
        ),
        ("장소", "연도", "운항", "화물"),
        ("북쪽", "섬마을", "부두", "다리"),
    ),
}
# fmt: on
