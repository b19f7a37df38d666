"""What identifying details look like, in the languages of the forum.

Every pattern starts at a fixed kind of character and repeats only possessively or up to a stated number of times:
`tests/screeners/test_patterns_are_linear.py` holds them to it.
"""

from __future__ import annotations

import re

CAP = r"[A-ZÀ-ÖØ-Þ][\w'’\-]*+"
SMALL = r"(?:(?:van|von|de|del|della|da|di|dos|der|den|la|le|el|al|bin|ibn|ben|zu|y|e)\s){0,2}"
MAIL_HOSTS = (
    "gmail|googlemail|hotmail|yahoo|outlook|proton|protonmail|icloud|gmx|web|live|aol|mail|yandex|tutanota|posteo|orange"
    "|wanadoo|laposte|free|btinternet|fastmail|zoho|msn|me|sky|t-online"
)
ENDINGS = (
    "com|org|net|edu|gov|info|biz|app|blog|shop|site|online|xyz|eu|uk|co\\.uk|org\\.uk|ac\\.uk|com\\.au|co\\.nz|ie|ca|fr|ch|mx|ar"
    "|cl|pe|tv|gg|dev|page|website|store|club|live|link|example|de|es|io|ly|pt|nl|pl|com\\.mx|com\\.ar|scot|wales|cat|bio"
)
WORDY_ENDINGS = "me|it|us|at|co|to|be|in|is|so|no"  # words too: only with a path behind them

EMAIL = re.compile(r"(?<![\w.+%\-])[\w.+%\-]{1,64}+@[\w\-]{1,63}+(?:\.[\w\-]{1,63}+){1,4}+")
EMAIL_SPOKEN = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{2,40}+\s?(?:[(\[{<]\s?(?:at|a|@|arroba|arobase|ät)\s?[)\]}>]|(?<=\s)(?:at|arroba|arobase)(?=\s))\s?"
    r"[\w\-]{2,40}+\s?(?:[(\[{<]\s?(?:dot|\.|punkt|punto|point)\s?[)\]}>]|(?<=\s)(?:dot|punto|punkt|point)(?=\s))\s?"
    r"[a-z]{2,10}+(?:(?:\s?dot\s?|\.)[a-z]{2,3}+)?+"
    rf"|(?<![\w.+\-])[\w.+\-]{{2,40}}+\s(?:at|arroba|arobase)\s(?:{MAIL_HOSTS})\.[a-z]{{2,6}}+",
    re.IGNORECASE,
)
URL = re.compile(
    r"\bhttps?://[^\s<>\"]{3,300}+|\bwww\.[^\s<>\"]{3,300}+"
    rf"|(?<![\w@.\-/])(?:[a-z0-9][a-z0-9\-]{{1,62}}+\.){{1,3}}?(?:(?:{ENDINGS}|(?:co|or|go|gob|ac|gov)\.[a-z]{{2}})(?:\.[a-z]{{2}}(?![\w\-]))?+(?![\w\-])(?:/[^\s<>\"]{{0,200}}+)?+"
    rf"|(?:{WORDY_ENDINGS})/[^\s<>\"]{{1,200}}+)",
    re.IGNORECASE,
)
IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
IP6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
DEGREES = r"\d{1,3}\s?°\s?(?:\d{1,2}(?:\.\d{1,6})?\s?['′’]\s?(?:\d{1,2}(?:\.\d{1,6})?\s?[\"″”]\s?)?)?"
COORDINATES = re.compile(
    r"(?<![\w.,])[+\-]?\d{1,3}\.\d{3,12}\s?°?\s?[NSns]?\s?[,;/\s]\s?[+\-]?\d{1,3}\.\d{3,12}(?:\s?°)?(?:\s?[EWOewo]\b)?(?![\w.]{0,12}\d)"
    rf"|(?<![\w.]){DEGREES}[NSns]\s?,?\s?{DEGREES}[EWOewo]\b"
    rf"|(?<![\w.])[NSns]\s?{DEGREES}\s?,?\s?[EWOewo]\s?{DEGREES}"
    r"|(?<!\S)///[a-zà-ÿ]{2,20}\.[a-zà-ÿ]{2,20}\.[a-zà-ÿ]{2,20}"
)
PLATFORM = (
    r"insta(?:gram)?|ig|snap(?:chat)?|tik\s?tok|twitter|discord|telegram|tele|kik|reddit|facebook|fb|onlyfans|twitch|youtube|skype"
    r"|wechat|steam|psn|xbox|gamertag|linkedin|mastodon|bluesky|tumblr|pinterest|threads|messenger|user\s?name|handle|nickname"
    r"|usuario|pseudo|benutzername|user|wattpad|roblox|spotify|signal|venmo|paypal|cash\s?app"
)
AT_HANDLE = re.compile(r"(?<![\w@.+\-/])@[A-Za-z_][\w.]{1,29}+(?:#\d{4})?(?!@)")
NAMED_HANDLE = re.compile(
    rf"\b(?:{PLATFORM})\b(?P<cue>(?:\s?[:=\-–]|\s(?:is|as|under|user\s?name|user|name|handle|account|id|es|ist|est|c['’]est|called|now|here"
    rf"|usuario|cuenta|compte|konto|como|als|unter|sous|again|still)\b){{0,4}})\s?(?P<handle>[A-Za-z][\w.]{{2,29}}+(?:#\d{{4}})?)",
    re.IGNORECASE,
)
REDDIT = re.compile(r"(?<![\w/])/?u/[\w\-]{3,20}+")
HASH_HANDLE = re.compile(r"(?<![\w#])[A-Za-z][\w.]{2,30}+#\d{4}\b")

DIGITS = re.compile(r"(?<![\w.,/#€$£\-])(?:\+|00)?[(]?\d(?:[ \u00a0().\-/]{0,2}\d){6,14}(?![\w]|[.,]\d)")
US_PHONE = re.compile(r"(?:\+?1[ .\-]?)?\(?[2-9]\d{2}\)?[ .\-]{1,2}\d{3}[ .\-]\d{4}")
SHORT_US_PHONE = re.compile(r"(?<![\w.,/\-])555[ .\-]\d{4}(?![\w.\-/])")
DATE = re.compile(
    r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d{4}[./\-]\d{1,2}[./\-]\d{1,2}|(?:19|20)\d{2}\s?[\-/–]\s?(?:19|20)\d{2}"
)
PHONE_CUE = re.compile(
    r"call|ring\b|text|phone|cell|mobile|number|whats?app|\btel|m[oó]vil|celular|n[uú]mero|num[eé]ro|appel|nummer|handy|\bruf|ll[aá]m"
    r"|landline|reach|\bno\b|contact|sms|joign|portable|marca|line\b|erreich|escr[ií]b|signal|fono|fijo|festnetz|\bat\b|\bau\b|\bal\b|dial",
    re.IGNORECASE,
)
NO_PHONE = re.compile(
    r"order|case|\bref(?:erence)?\b|invoice|crime|account|policy|tracking|flight|version|claim|docket|serial|isbn|pedido|factura|commande|dossier"
    r"|bestell|rechnung|aktenzeichen|expediente|vorgang|\bid\b|parcel|ticket|receipt",
    re.IGNORECASE,
)
HELP_CUE = re.compile(
    r"help\s?line|hot\s?line|life\s?line|samaritans|child\s?line|women['’]?s\s?aid|crisis|victim support|refuge\b|shelter|respect\b|rainn"
    r"|helpdesk|l[ií]nea|tel[eé]fono de|ayuda|ligne|num[eé]ro (?:d|gratuit|vert)|[eé]coute|sos\b|hilfetelefon|telefonseelsorge"
    r"|beratung|notruf|frauenhaus|police|polizei|polic[ií]a|emergency|nspcc|galop|nhs|citizens advice|legal aid|24/7|toll.?free"
    r"|freephone|support line|switchboard|mind\b|papyrus|shout\b|mankind|trevor|nummer gegen kummer|atenci[oó]n|violen",
    re.IGNORECASE,
)
MOBILE = re.compile(r"(?:\+|00)?(?:44|33|49|34|353|61)?0?(?:7[1-9]\d{8}|[67]\d{8}|1[5-7]\d{8,9}|8[3-9]\d{7}|4\d{8})$")
FREE = re.compile(
    r"(?:\+?1)?(?:800|888|877|866|855|844|833|822)\d{7}$|0800|0808|116\d{3}$|1800|1300|900\d{6}$|0805|0300|0345|131114$|13\d{4}$"
)
NUMBER_WORDS = (
    "zero oh o nought one two three four five six seven eight nine double triple hundred cero uno dos tres cuatro cinco seis siete"
    " ocho nueve doble deux trois quatre cinq sept huit neuf null eins zwei zwo drei vier funf fünf sechs sieben acht neun"
).split()
SPOKEN_PHONE = re.compile(
    rf"\b(?:plus\s)?(?:{'|'.join(NUMBER_WORDS)}|\d{{1,4}})(?:[\s,\-]{{1,2}}(?:{'|'.join(NUMBER_WORDS)}|\d{{1,4}})\b){{5,20}}+",
    re.IGNORECASE,
)

PLATE = re.compile(
    r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b|\b[A-Z]{2}-\d{3}-[A-Z]{2}\b|(?<![\w\-])[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}\s?\d{1,4}\b(?!-)|\b\d{2,3}-[A-Z]{1,2}-\d{2,6}\b"
)
CUED_PLATE = re.compile(
    r"(?:\bplates?|\breg(?:o|istration)?|licen[cs]e(?: plate)?|number\s?plate|\btag|kennzeichen|nummernschild|matr[ií]cula|\bplacas?|patente|\bplaque"
    r"|immatricul\w{1,8}|\bsu (?:coche|carro|auto)|\bcar|\bvan|\btruck|voiture|\bauto|\bcoche)\b(?P<cue>[\s:,]{1,2}(?:\w{1,12}[\s:,]{1,2}){0,3}?)"
    r"(?-i:(?P<plate>[A-Z0-9]{1,4}[\s\-]?[A-Z0-9]{2,4}(?:[\s\-]?[A-Z0-9]{1,4})?))(?![\w])",
    re.IGNORECASE,
)

STREET = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Place|Pl|Crescent|Cres|Way|Terrace|Gardens|Grove|Square|Boulevard"
    "|Blvd|Parade|Walk|Mews|Row|Hill|Park|View|Rise|Green|Circle|Cir|Highway|Hwy|Parkway|Pkwy|Trail|Quay|Esplanade|Mount|Heights|Alley|Wharf"
)
UNIT = r"(?:(?:flat|apt|apartment|unit|suite|room|no)\.?\s\w{1,4}+,?\s)"
ADDRESS = re.compile(
    rf"{UNIT}?(?<![\w.,/\-£$€])\d{{1,5}}[A-Za-z]?,?\s(?:(?:[NSEW]{{1,2}}|North|South|East|West)\s)?(?:{CAP}\s){{1,4}}?(?:{STREET})\b"
    r"(?i:,?\s(?:apt|apartment|flat|unit|#)\.?\s?\w{1,5}+)?",
)
ADDRESS_BEFORE_ITS_NUMBER = re.compile(  # as most of Europe writes it
    rf"(?<![\w'’\-])(?:{CAP}\s){{1,3}}?(?:Street|Road|Avenue|Lane|Close|Crescent|Boulevard|Terrace)\s"
    r"(?:no\.?\s)?\d{1,4}[a-z]?\b(?!\s?(?:am|pm|times|years|days|hours|minutes|miles|km|o'clock|%))"
)
UNIT_ADDRESS = re.compile(
    rf"\b(?:Flat|Apt|Apartment|Unit)\s\w{{1,4}}+,?\s\d{{0,5}}\s?(?:{CAP}\s){{1,3}}?(?:{STREET}|House|Court|Tower|Mansions)\b"
)
LOWER_ADDRESS = re.compile(
    rf"\b(?:live|living|lives|staying|address is|address|house is|moved to|home is|based|over)\s(?:at|on|to|is)?\s?(?P<address>\d{{1,5}}[a-z]?,?\s(?:[\w'’\-]{{2,20}}+\s){{1,3}}?(?:{STREET}))\b",
    re.IGNORECASE,
)
POST_CODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b[A-Z]{2}\s\d{5}(?:-\d{4})?\b|\bP\.?\s?O\.?\s?Box\s\d{1,6}\b"
)
CUED_POST_CODE = re.compile(
    r"\b(?:post\s?code|zip(?:\s?code)?|plz|c[oó]digo postal|code postal)\b(?:\s(?:is|es|est|ist)|:)?\s(?P<address>[A-Z\d]{3,5}(?:\s\d[A-Z]{2})?)\b",
    re.IGNORECASE,
)
FRENCH_ADDRESS = re.compile(
    rf"(?<![\w.,/\-])\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.?|boulevard|bd|place|all[ée]e|impasse|chemin|route|quai|cours|square|passage|faubourg)\s"
    rf"(?:(?:de|du|des|la|le|les)\s|d['’]|l['’]){{0,3}}(?-i:{CAP}(?:[\s\-]{CAP}){{0,3}})",
    re.IGNORECASE,
)
SPANISH_ADDRESS = re.compile(
    r"\b(?:calle|c/|avenida|av\.|avda\.?|plaza|paseo|camino|carretera|ronda|pasaje|callej[oó]n|carrera|cra\.?|jir[oó]n|bulevar|via|viale|piazza|rua|calzada)\s"
    r"(?:[\w'’.\-]{1,20}+\s){1,5}?(?:n[uú]m(?:ero)?\.?\s|n[º°o]\.?\s|#\s?)?\d{1,5}\b(?!\s?(?:años|meses|euros|veces|d[ií]as|horas|€))",
    re.IGNORECASE,
)
GERMAN_ADDRESS = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüß\-]{1,30}?(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|ring|damm|ufer|steig|chaussee)\s\d{1,4}\s?[a-z]?\b"
    r"|\b(?:Am|An der|An den|Im|In der|In den|Zum|Zur|Auf der|Auf dem|Unter den|Hinter der)\s(?:[A-ZÄÖÜ]\w{1,20}(?:en|er|em)\s)?[A-ZÄÖÜ][\wäöüß\-]{3,30}+\s\d{1,3}[a-z]?\b(?!\s?(?:Uhr|\.|Euro|Jahre|Tage))"
    r"|\b[A-ZÄÖÜ]\w{2,20}?er\s(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Ring)\s\d{1,4}\s?[a-z]?\b"
)

PERSON = (
    r"ex|husband|wife|partner|boyfriend|girlfriend|fianc[ée]e?|dad|father|mum|mom|mother|brother|sister|uncle|aunt|cousin|stepdad|stepfather"
    r"|son|daughter|friend|boss|neighbou?r|landlord|therapist|counsell?or|lawyer|solicitor|doctor|teacher|manager|colleague|abuser|pastor"
    r"|social worker|barrister|roommate|flatmate|mate|stalker|man|woman|guy|girl|bloke|lad|judge|officer|new girlfriend|kid|boy|baby|child|ex-husband|ex-wife"
)
NAME_CUE = re.compile(
    rf"(?:\b(?:(?:full |real |whole |maiden |birth |sur)?name(?:['’]s|s| is| was|:)|named|called|i am|i['’]m|im|this is|married to|divorced from|dating|against"
    rf"|(?:{PERSON})(?:\s(?:is|was|called|named))?|me llamo|se llama(?:ba)?|llamad[oa]|soy|mi nombre es|su nombre es|nombre de"
    rf"|mi (?:ex|marido|esposo|novio|pareja|jefe|padre|hermano)(?: es| era)?|m['’]appelle|s['’]appel(?:le|ait)|nomm[ée]e?|mon nom est|son nom est"
    rf"|(?:mon|ma) (?:ex|mari|conjoint|copain|compagnon|patron|p[èe]re|fr[èe]re|femme|voisine?)(?: est)?|hei(?:ß|ss)(?:e|t)|namens|mein name ist|sein name ist|ihr name ist"
    rf"|mein (?:ex|mann|ex-?mann|freund|chef|vater|bruder|nachbar)(?: ist)?|hie(?:ß|ss))[\s,:]{{1,2}})"
    rf"(?P<name>{CAP}\s{SMALL}{CAP}(?:\s{CAP})?)",
)
NAME_CUE_IN_SMALL = re.compile(
    r"\b(?:name(?:['’]s|s| is| was|:)|named|called|me llamo|se llama|m['’]appelle|s['’]appelle|hei(?:ß|ss)(?:e|t)|my (?:ex|husband|wife|boyfriend|girlfriend|partner|dad|boss|stepdad|son|daughter)(?: is| was)?(?: called| named)?"
    r"|mi ex|mon ex|mein ex|i['’]?m|i am)\s(?P<name>(?P<first>[a-zà-ÿ]{2,15}+)\s(?P<last>[a-zà-ÿ'’\-]{3,18}+))\b",
    re.IGNORECASE,
)
TWO_NAMES = re.compile(rf"(?<![\w'’\-])(?=(?P<name>(?P<first>{CAP})\s(?:[A-Z]\.\s)?{SMALL}{CAP}(?:\s{CAP})?))")
SURNAME_FIRST = re.compile(  # as files and letters have it
    rf"(?:^|[\n:(\"“]\s?|\b(?:name|named|file|under|signed|against|letter|said|listed|case)\s)(?P<name>{CAP},\s(?P<first>{CAP})(?:\s[A-Z]\.?)?)(?=\s{{0,2}}(?:$|[\n.;:)\"”(\d]|born\b|dob\b))"
)

SITE_WORD = (
    "School|Academy|College|University|Hospital|Surgery|Nursery|Kindergarten|Infirmary|Clinic|Hospice|Preschool|Daycare|Polytechnic|Institute"
    "|Medical Centre|Medical Center|Health Centre|Dental|Dentistry|Care Home|Nursing Home|Veterinary|Motors|Pharmacy|Bakery|Logistics|Solicitors|Bank|Supermarket|Café|Cafe|Hotel|Ltd|Inc|Insurance|High|Primary|Elementary|Secondary|Comprehensive|Grammar|Infants|Juniors|Brewery|Garage|Salon"
)
KIND = r"(?:Primary|Secondary|High|Middle|Elementary|Grammar|Infant|Junior|Senior|Catholic|Community|Girls['’]?|Boys['’]?|State|General|Memorial|Medical|Technical|Prep|International|Sixth Form)\s"
INSTITUTION = re.compile(
    rf"(?<![\w'’\-])(?:{CAP}\s){{1,4}}?(?:{KIND}){{0,2}}(?:{SITE_WORD})\b|\b(?:University|College|School|Hospital)\sof\s(?:the\s)?{CAP}(?:\s{CAP})?"
)
SPANISH_SITE = re.compile(
    rf"\b(?:colegio|escuela|instituto|hospital|universidad|cl[ií]nica|guarder[ií]a|liceo|preparatoria|prepa|CEIP|IES|facultad|jard[ií]n)\s(?:(?:de|del|la|el|los|las|p[uú]blico|privado)\s){{0,3}}{CAP}(?:\s(?:de\s|la\s|del\s){{0,2}}{CAP}){{0,3}}"
    rf"|\b(?:Colegio|Escuela|Instituto|Hospital|Universidad|Clínica|Guardería|Liceo)\s(?:(?:de|del|la|el|los|las)\s){{0,3}}{CAP}(?:\s(?:de\s|la\s|del\s){{0,2}}{CAP}){{0,3}}"
)
FRENCH_SITE = re.compile(
    rf"\b(?:[ée]cole|[ÉE]cole|lyc[ée]e|Lyc[ée]e|coll[èe]ge|Coll[èe]ge|h[ôo]pital|H[ôo]pital|clinique|Clinique|universit[ée]|Universit[ée]|cr[èe]che|maternelle|CHU|EHPAD|facult[ée])\s"
    rf"(?:(?:de|du|des|la|le|priv[ée]e?|primaire|maternelle|[ée]l[ée]mentaire)\s|d['’]|l['’]){{0,3}}{CAP}(?:[\s\-](?:de\s|la\s|du\s){{0,2}}{CAP}){{0,3}}"
)
GERMAN_SITE = re.compile(
    r"\b(?!(?:Grund|Haupt|Real|Gesamt|Hoch|Berufs|Volks|F[öo]rder|Musik|Fahr|Tanz|Abend|Vor|Ganztags|Sonder|Mittel|Uni|Frauen|Kinder|Tages|Ober|Sprach|Ski)(?:schule|klinik|kliniken)\b)"
    r"[A-ZÄÖÜ][\wäöüß]{2,25}?(?:-(?:[A-ZÄÖÜ]\w{1,20}+-)?(?:Schule|Gymnasium|Klinik|Krankenhaus|Grundschule|Realschule|Kita|Gesamtschule|Universität|Kindergarten|Werke)|schule|gymnasium|klinikum|hospital)\b"
    r"|\b(?:Grundschule|Gymnasium|Realschule|Gesamtschule|Universität|Uni|Klinikum|Krankenhaus|Kita|Kindergarten|Hochschule|Autohaus|Bäckerei|Praxis|Kanzlei)\s(?:(?:am|an der|im|Dr\.)\s)?[A-ZÄÖÜ][\wäöüß\-]{2,25}+"
)
WORK_CUE = re.compile(
    rf"\b(?i:work(?:s|ed|ing)?|job|employed|teach(?:es|ing)?|taught|manager|nurse|teacher|doctor|cashier|barista|receptionist|shifts?|fired|sacked|volunteers?|lecturer|accountant|driver|chef|apprentice|intern|stud(?:y|ies|ied|ying)|student|enrolled|engineer|supervisor|assistant|porter|cleaner|waitress|waiter|career|position|clerk|consultant|reception|department|office|practice|promoted|hired|boss|caretaker|guard|drives|delivers|cooks|cleans|cleaning|internship|placement)\b"
    rf"(?:\s(?:there|as|a|an|in|part|full|time|the|shifts|nights|days|tills|out|away)){{0,3}}\s(?:at|for|from|by|with)\s(?:[Tt]he\s)?(?P<place>{CAP}(?:(?:\s(?:&|and|of|the)\s|\s|\s?&\s?){CAP}){{0,3}})"
    rf"|\b(?i:attends?|attended|attending)\s(?P<school>{CAP}(?:\s{CAP}){{0,3}})"
    rf"|\b(?i:trabaj)\w{{1,6}}\s(?:(?:de|como)\s\w{{3,15}}\s)?(?:en|para)\s(?:el\s|la\s|los\s)?(?P<trabajo>{CAP}(?:\s(?:de\s|y\s)?{CAP}){{0,3}})"
    rf"|\b(?i:travaill\w{{1,6}}|boss(?:e|es|ait)|emploi|embauch\w{{1,5}}|employ[ée]e?|vendeuse|caissière|serveuse|infirmière)\s(?:chez|pour)\s(?P<travail>{CAP}(?:\s(?:et\s|&\s|de\s)?{CAP}){{0,3}})"
    rf"|\b(?i:arbeit\w{{1,4}}|angestellt|job|verkäuferin|azubi|ausbildung)\s(?:\w{{1,12}}\s){{0,2}}?(?:bei|für)\s(?:der\s|dem\s)?(?P<arbeit>{CAP}(?:\s(?:&\s|und\s)?{CAP}){{0,3}})",
)

NO_NAMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march may july august september october november
december christmas easter boxing new year happy merry good morning evening night god jesus mum mom dad nan granny auntie aunt uncle
mr mrs ms miss dr the a an and or but so if my his her our your their its it he she we they you i is was are am be been this that these
those there here when what why who how all any some no not yes women children family court legal aid citizens advice freedom programme
program samaritans childline refuge google microsoft apple facebook instagram whatsapp amazon netflix york zealand london paris
berlin madrid los angeles san francisco america england ireland scotland wales australia canada germany france spain mexico irish
british american catholic muslim jewish christian narcissistic personality disorder narcissist borderline bipolar ptsd nhs gp
street road avenue lane park hospital school university college station city river beach hall house church centre center north south
east west hearth everyone everybody thank thanks hello hi dear please sorry love done really very just now then because since until
after before with without for from of in on at to by about into over never always still again also even only university maps word
excel windows iphone android covid lockdown brexit human rights social services services police officer judge county district state
united kingdom states national domestic violence hotline helpline line abuse crisis support survivor survivors project trust
association foundation charity council department office team group forum decree act law bill valentine mother father day eve
spring summer autumn winter post traumatic stress trauma bond no contact silent treatment love bombing gaslighting buenos aires
navidad feliz teléfono ex narcisista telefonseelsorge hilfetelefon jugendamt gewalt joyeux noël bonne année sos amitié""".split()
)
NO_WORKPLACES = frozenset(
    """home night nights work school christmas easter mum dad myself free god court women's women mental legal citizens the my our his her a
i she he we they monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december london madrid paris berlin london barcelona méxico mexico regen nacht geld zuhause uns ihm ihr mir casa noche
high middle primary secondary elementary grammar law medical private public local state sunday art night nursery business drama summer
boarding catholic old new this that every back after before in at when if and our some any no first last next good bad their your samaritans
refuge childline nspcc""".split()
)

SITES_OF_HELP = re.compile(
    r"hotline|helpline|lifeline|samaritan|womensaid|refuge\b|rainn|childline|loveisrespect|victimsupport|childhelp|survivors?trust|crisistext"
    r"|nspcc|hilfetelefon|telefonseelsorge|frauenhaus|suicideprevention|mankind\.org|galop|relate\.org|citizensadvice|womenslaw|nnedv|1800respect"
)

GERMAN_DAY = re.compile(
    r"\b(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
EVERYDAY = frozenset(
    """and but so because who that which with from was were has had did does will would could should not always never
still just now then when while after before again keeps said says told the his her its our my your their for about into
over there here really very too also even only like love hate want need hope miss know think feel going gone got get gets
been being came come lives works called named who's he's she's isn't wasn't doesn't didn't since until although though
however they this these those from london where what more less good bad nice kind mean old new all both left right well
goes went says loves likes wants needs hates cries cried sleeps slept knows thinks thought told asked saw sees loved liked
yeah please thanks sorry años ans jahre und aber weil der die das est qui mais pour avec pas que pero muy por con""".split()
)
