"""The canned replies that come with Hearth, in each language of the desk: a beginning, for leads to write on from.

They name what was written and never who somebody is; they thank, leave a choice, and urge nobody to leave or to stay.
"""

from __future__ import annotations

from typing import Final

from moderation.models import ShippedReply

SHIPPED: Final[dict[ShippedReply, tuple[str, dict[str, str]]]] = {
    ShippedReply.IDENTIFIES: (
        "RETURN",
        {
            "en": "Thank you for writing this. Something in it could tell somebody who or where you are, or who "
            "somebody else is: [what it is]. Could you say it more vaguely, for instance [an example]? Everything "
            "else can stay as it is. Change it and send it again, and the same person reads it first.",
            "es": "Gracias por escribir esto. Algo en el texto podría decirle a alguien quién eres o dónde estás, o "
            "quién es otra persona: [qué es]. ¿Podrías decirlo de forma más vaga, por ejemplo [un ejemplo]? Todo lo "
            "demás puede quedarse como está. Cámbialo y envíalo de nuevo, y lo leerá primero la misma persona.",
            "fr": "Merci d’avoir écrit cela. Quelque chose dans ce texte pourrait dire à quelqu’un qui tu es ou où tu "
            "es, ou qui est une autre personne : [ce que c’est]. Pourrais-tu le dire plus vaguement, par exemple [un "
            "exemple] ? Tout le reste peut rester tel quel. Change-le et renvoie-le : la même personne le lira en "
            "premier.",
            "de": "Danke, dass du das geschrieben hast. Etwas darin könnte jemandem verraten, wer oder wo du bist, oder "
            "wer jemand anderes ist: [was es ist]. Könntest du es ungenauer sagen, zum Beispiel [ein Beispiel]? Alles "
            "andere kann bleiben, wie es ist. Ändere es und schick es noch einmal, dann liest es zuerst dieselbe "
            "Person.",
        },
    ),
    ShippedReply.BLAMES: (
        "RETURN",
        {
            "en": "You took the time to answer somebody, and we think you meant to help. One sentence could be read as "
            "saying that what happened was their doing: “[the sentence]”. People here hear that a lot, and it makes "
            "it harder to go on speaking. Could you say it another way, or leave it out? What they asked for stands "
            "above the reply. Nothing follows from this; we would only like your words to reach them well.",
            "es": "Te tomaste el tiempo de responder a alguien, y creemos que querías ayudar. Una frase podría leerse "
            "como si lo que pasó fuera cosa suya: «[la frase]». Aquí mucha gente ha oído eso demasiadas veces, y hace "
            "más difícil seguir hablando. ¿Podrías decirlo de otra manera, o quitarla? Lo que pidió está encima de la "
            "respuesta. Esto no tiene consecuencias; solo nos gustaría que tus palabras le lleguen bien.",
            "fr": "Tu as pris le temps de répondre à quelqu’un, et nous pensons que tu voulais aider. Une phrase "
            "pourrait se lire comme si ce qui s’est passé venait de cette personne : « [la phrase] ». Ici, beaucoup "
            "l’entendent trop souvent, et il devient plus difficile de continuer à parler. Pourrais-tu le dire "
            "autrement, ou l’enlever ? Ce qui était demandé se trouve au-dessus de la réponse. Rien d’autre n’en "
            "découle ; nous aimerions seulement que tes mots arrivent bien.",
            "de": "Du hast dir Zeit genommen, jemandem zu antworten, und wir denken, du wolltest helfen. Ein Satz "
            "könnte so gelesen werden, als läge es an der Person, was ihr geschehen ist: „[der Satz]“. Viele hier "
            "hören das oft, und dann fällt es schwerer, weiterzusprechen. Könntest du es anders sagen oder weglassen? "
            "Was gewünscht war, steht über der Antwort. Daraus folgt nichts weiter; wir möchten nur, dass deine Worte "
            "gut ankommen.",
        },
    ),
    ShippedReply.CONTACT: (
        "HIDE",
        {
            "en": "This asks somebody to write or meet outside this place, or says how to reach a person. We take that "
            "down whoever writes it and however kindly it is meant, because nobody here can know who is on the other "
            "side. What you want to say to them can be said here, where others look out for both of you.",
            "es": "Aquí se pide a alguien escribir o quedar fuera de este lugar, o se dice cómo localizar a una "
            "persona. Lo quitamos lo escriba quien lo escriba y por buena que sea la intención, porque aquí nadie "
            "puede saber quién está al otro lado. Lo que quieres decirle puedes decirlo aquí, donde otras personas "
            "cuidan de las dos partes.",
            "fr": "Ce message demande à quelqu’un d’écrire ou de se rencontrer hors d’ici, ou dit comment joindre une "
            "personne. Nous l’enlevons quelle que soit la personne qui l’écrit et même si l’intention est bonne, car "
            "personne ici ne peut savoir qui est de l’autre côté. Ce que tu veux lui dire peut se dire ici, où "
            "d’autres veillent sur vous deux.",
            "de": "Hier wird jemand gebeten, anderswo zu schreiben oder sich zu treffen, oder es steht da, wie eine "
            "Person zu erreichen ist. Das nehmen wir herunter, gleich wer es schreibt und wie freundlich es gemeint "
            "ist, denn niemand hier kann wissen, wer auf der anderen Seite ist. Was du sagen möchtest, kannst du hier "
            "sagen, wo andere auf euch beide achten.",
        },
    ),
    ShippedReply.REACH_OUT: (
        "LEAVE",
        {
            "en": "You wrote that [what they told, plainly]. I believe you.\n\nAre you safe to read this right now?\n\n"
            "We are people who listen here; we are not an emergency service, and somebody of us is here next [when]. "
            "If you like, you could [one way that needs no voice call], or [another]. You can also just write here. "
            "Whatever you choose is yours to choose.\n\nI will look here again [when].",
            "es": "Has escrito que [lo que contó, con sencillez]. Te creo.\n\n¿Puedes leer esto sin peligro ahora "
            "mismo?\n\nAquí somos personas que escuchan; no somos un servicio de emergencias, y alguien del equipo "
            "vuelve a estar aquí [cuándo]. Si quieres, podrías [una manera que no necesite llamada de voz], o [otra]. "
            "También puedes simplemente escribir aquí. Lo que elijas, lo eliges tú.\n\nVolveré a mirar aquí [cuándo].",
            "fr": "Tu as écrit que [ce qui a été raconté, simplement]. Je te crois.\n\nPeux-tu lire ceci sans danger en "
            "ce moment ?\n\nIci, nous sommes des personnes qui écoutent ; nous ne sommes pas un service d’urgence, et "
            "quelqu’un de l’équipe sera de nouveau là [quand]. Si tu veux, tu pourrais [une façon sans appel vocal], "
            "ou [une autre]. Tu peux aussi simplement écrire ici. Ce que tu choisis t’appartient.\n\nJe regarderai de "
            "nouveau ici [quand].",
            "de": "Du hast geschrieben, dass [was erzählt wurde, in einfachen Worten]. Ich glaube dir.\n\nKannst du das "
            "gerade ohne Gefahr lesen?\n\nHier sind Menschen, die zuhören; wir sind kein Notdienst, und jemand von uns "
            "ist wieder hier [wann]. Wenn du magst, könntest du [ein Weg ohne Anruf] oder [ein anderer]. Du kannst auch "
            "einfach hier schreiben. Was du wählst, wählst du.\n\nIch sehe hier wieder nach [wann].",
        },
    ),
    ShippedReply.NOTE_ADDED: (
        "PUBLISH",
        {
            "en": "Thank you for trusting us with this. We have put a content note on it, so that others open it when "
            "they are ready. Your words are there as you wrote them.",
            "es": "Gracias por confiarnos esto. Le hemos puesto una nota de contenido, para que otras personas lo abran "
            "cuando puedan. Tus palabras están ahí tal como las escribiste.",
            "fr": "Merci de nous avoir confié cela. Nous y avons mis une note de contenu, pour que d’autres l’ouvrent "
            "quand c’est le moment pour eux. Tes mots sont là tels que tu les as écrits.",
            "de": "Danke, dass du uns das anvertraut hast. Wir haben einen Inhaltshinweis dazugesetzt, damit andere es "
            "öffnen, wenn sie so weit sind. Deine Worte stehen da, wie du sie geschrieben hast.",
        },
    ),
}
