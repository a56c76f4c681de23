<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
    <context>
        <name>companion</name>
        <message>
            <source>0 to 2. Low answers soberly and much the same each time; high is more surprising.</source>
            <translation>0 à 2. Une valeur basse répond sobrement et presque toujours de même ; une valeur haute surprend davantage.</translation>
        </message>
        <message>
            <source>0.8 to 2. Higher avoids saying the same thing again.</source>
            <translation>0,8 à 2. Une valeur haute évite de redire la même chose.</translation>
        </message>
        <message>
            <source>A file is damaged or missing. Download the set again: only what is wrong is fetched.</source>
            <translation>Un fichier est endommagé ou absent. Téléchargez de nouveau l’ensemble : seul ce qui ne va pas est repris.</translation>
        </message>
        <message>
            <source>A library that windows need is missing: libxcb-cursor.so.0.</source>
            <translation>Il manque une bibliothèque dont les fenêtres ont besoin : libxcb-cursor.so.0.</translation>
        </message>
        <message>
            <source>A local connection that leads no farther.</source>
            <translation>Une connexion locale qui ne mène pas plus loin.</translation>
        </message>
        <message>
            <source>A model could not be loaded.</source>
            <translation>Un modèle n’a pas pu être chargé.</translation>
        </message>
        <message>
            <source>A model file is missing.</source>
            <translation>Il manque un fichier de modèle.</translation>
        </message>
        <message>
            <source>A network</source>
            <translation>Un réseau</translation>
        </message>
        <message>
            <source>A set is listed twice for one language.</source>
            <translation>Un ensemble figure deux fois pour une même langue.</translation>
        </message>
        <message>
            <source>A short tap</source>
            <translation>Un appui court</translation>
        </message>
        <message>
            <source>Above 0, at most 1. Lower keeps to the likeliest words.</source>
            <translation>Plus de 0, au plus 1. Une valeur basse s’en tient aux mots les plus probables.</translation>
        </message>
        <message>
            <source>Accept its licence on its page there, and set HF_TOKEN to an access token of your account.</source>
            <translation>Acceptez sa licence sur sa page, puis mettez dans HF_TOKEN un jeton d’accès de votre compte.</translation>
        </message>
        <message>
            <source>Accessibility</source>
            <translation>Accessibilité</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Ajouter</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Avancé</translation>
        </message>
        <message>
            <source>Against repetition</source>
            <translation>Contre les répétitions</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Tous</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>Tous les fichiers (*)</translation>
        </message>
        <message>
            <source>All files are sound.</source>
            <translation>Tous les fichiers sont intacts.</translation>
        </message>
        <message>
            <source>All {models} models are in place.</source>
            <translation>Les {models} modèles sont en place.</translation>
        </message>
        <message>
            <source>Allow Companion under System Settings, Privacy &amp; Security, Input Monitoring, then start it again.</source>
            <translation>Autorisez Companion dans Réglages Système, Confidentialité et sécurité, Surveillance de l’entrée, puis redémarrez-le.</translation>
        </message>
        <message>
            <source>And {shown} more: run “companion doctor”.</source>
            <translation>Et {shown} de plus : lancez « companion doctor ».</translation>
        </message>
        <message>
            <source>Another download of models is running.</source>
            <translation>Un autre téléchargement de modèles est en cours.</translation>
        </message>
        <message>
            <source>Another program also uses {qt_text}; holding it reaches both.</source>
            <translation>Un autre programme utilise aussi {qt_text} ; la maintenir agit sur les deux.</translation>
        </message>
        <message>
            <source>Another program holds the file of the conversations. The conversation goes on, but it is not being kept.</source>
            <translation>Un autre programme tient le fichier des conversations. La conversation continue, mais elle n’est pas conservée.</translation>
        </message>
        <message>
            <source>Another program is using the {name}.</source>
            <translation>Un autre programme utilise le {name}.</translation>
        </message>
        <message>
            <source>Another program on this computer</source>
            <translation>Un autre programme de cet ordinateur</translation>
        </message>
        <message>
            <source>Answer again</source>
            <translation>Répondre autrement</translation>
        </message>
        <message>
            <source>Answers at once on any computer. Simple answers; it knows little.</source>
            <translation>Répond aussitôt sur tout ordinateur. Réponses simples ; il sait peu de choses.</translation>
        </message>
        <message>
            <source>Answers in notifications</source>
            <translation>Réponses dans les notifications</translation>
        </message>
        <message>
            <source>Appearance</source>
            <translation>Apparence</translation>
        </message>
        <message>
            <source>Archives (*.zip)</source>
            <translation>Archives (*.zip)</translation>
        </message>
        <message>
            <source>Ask again in a moment; the conversation is kept. If it happens again, restart Companion.</source>
            <translation>Reposez votre question dans un instant ; la conversation est conservée. Si cela se reproduit, redémarrez Companion.</translation>
        </message>
        <message>
            <source>Ask again in other words.</source>
            <translation>Reformulez votre question.</translation>
        </message>
        <message>
            <source>Ask once more.</source>
            <translation>Posez la question encore une fois.</translation>
        </message>
        <message>
            <source>Ask something</source>
            <translation>Posez une question</translation>
        </message>
        <message>
            <source>Asks the system of this computer, for example which devices are plugged in.</source>
            <translation>Interroge le système de cet ordinateur, par exemple sur les appareils branchés.</translation>
        </message>
        <message>
            <source>Attempts to reach a network that were refused since the start: {count}.</source>
            <translation>Tentatives d’atteindre un réseau refusées depuis le démarrage : {count}.</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Retour</translation>
        </message>
        <message>
            <source>Back to the window</source>
            <translation>Revenir à la fenêtre</translation>
        </message>
        <message>
            <source>Begin</source>
            <translation>Commencer</translation>
        </message>
        <message>
            <source>Begun before you let go</source>
            <translation>Commencé avant que vous relâchiez</translation>
        </message>
        <message>
            <source>Between its own parts, or to a program that it started itself.</source>
            <translation>Entre ses propres parties, ou vers un programme qu’il a lancé lui-même.</translation>
        </message>
        <message>
            <source>Bind “companion press” and “companion release” (or “companion toggle”) to a shortcut of your desktop.</source>
            <translation>Associez « companion press » et « companion release » (ou « companion toggle ») à un raccourci de votre bureau.</translation>
        </message>
        <message>
            <source>Bonjour, voici comment je parle.</source>
            <translation>Bonjour, voici comment je parle.</translation>
        </message>
        <message>
            <source>Bonjour. Voici ma voix. Posez-moi une question, et je vous répondrai ainsi.</source>
            <translation>Bonjour. Voici ma voix. Posez-moi une question, et je vous répondrai ainsi.</translation>
        </message>
        <message>
            <source>CPU</source>
            <translation>Processeur</translation>
        </message>
        <message>
            <source>CPU, Companion</source>
            <translation>Processeur, Companion</translation>
        </message>
        <message>
            <source>CPU, other programs</source>
            <translation>Processeur, autres programmes</translation>
        </message>
        <message>
            <source>CUDA could not be started for the voice, so it runs on the CPU.</source>
            <translation>CUDA n’a pas pu démarrer pour la voix, qui fonctionne donc sur le processeur.</translation>
        </message>
        <message>
            <source>Can I hear you?</source>
            <translation>Est-ce que je vous entends ?</translation>
        </message>
        <message>
            <source>Can you hear me?</source>
            <translation>Est-ce que vous m’entendez ?</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Changer</translation>
        </message>
        <message>
            <source>Change it in the settings.</source>
            <translation>Modifiez cette valeur dans les paramètres.</translation>
        </message>
        <message>
            <source>Check files</source>
            <translation>Vérifier les fichiers</translation>
        </message>
        <message>
            <source>Check that it is plugged in, then try again.</source>
            <translation>Vérifiez qu’il est branché, puis réessayez.</translation>
        </message>
        <message>
            <source>Check that it is there and yours, then try again.</source>
            <translation>Vérifiez qu’il est là et qu’il vous appartient, puis réessayez.</translation>
        </message>
        <message>
            <source>Check that there is room, and that {parent} is yours.</source>
            <translation>Vérifiez qu’il reste de la place et que {parent} vous appartient.</translation>
        </message>
        <message>
            <source>Check that your home folder is writable and has room.</source>
            <translation>Vérifiez que votre dossier personnel est accessible en écriture et qu’il y reste de la place.</translation>
        </message>
        <message>
            <source>Check the disk. What was said meanwhile is written when that works again.</source>
            <translation>Vérifiez le disque. Ce qui a été dit entre-temps sera écrit dès que cela remarchera.</translation>
        </message>
        <message>
            <source>Check the file's permissions and the disk it is on.</source>
            <translation>Vérifiez les droits du fichier et le disque où il se trouve.</translation>
        </message>
        <message>
            <source>Check the network and try again: the download goes on where it stopped.</source>
            <translation>Vérifiez le réseau et réessayez : le téléchargement reprend où il s’est arrêté.</translation>
        </message>
        <message>
            <source>Check the network, and pip's proxy and certificate settings, and try again.</source>
            <translation>Vérifiez le réseau ainsi que le serveur mandataire et les certificats de pip, puis réessayez.</translation>
        </message>
        <message>
            <source>Checking every file…</source>
            <translation>Vérification de chaque fichier…</translation>
        </message>
        <message>
            <source>Checking what arrived…</source>
            <translation>Vérification de ce qui est arrivé…</translation>
        </message>
        <message>
            <source>Choice of words</source>
            <translation>Choix des mots</translation>
        </message>
        <message>
            <source>Choose a JSON file that Companion exported, or the archive of ChatGPT's data export.</source>
            <translation>Choisissez un fichier JSON exporté par Companion, ou l’archive de l’export de données de ChatGPT.</translation>
        </message>
        <message>
            <source>Choose a Whisper model made for faster-whisper, or download one.</source>
            <translation>Choisissez un modèle Whisper fait pour faster-whisper, ou téléchargez-en un.</translation>
        </message>
        <message>
            <source>Choose a model for {least_context} tokens or more.</source>
            <translation>Choisissez un modèle pour {least_context} jetons ou plus.</translation>
        </message>
        <message>
            <source>Choose a model in GGUF format, or download it again.</source>
            <translation>Choisissez un modèle au format GGUF, ou téléchargez-le de nouveau.</translation>
        </message>
        <message>
            <source>Choose a model whose name says "Instruct" or "Chat".</source>
            <translation>Choisissez un modèle dont le nom contient « Instruct » ou « Chat ».</translation>
        </message>
        <message>
            <source>Choose a newer copy of the model, or update Companion.</source>
            <translation>Choisissez une copie plus récente du modèle, ou mettez Companion à jour.</translation>
        </message>
        <message>
            <source>Choose a smaller model in the settings, or close other programs.</source>
            <translation>Choisissez un modèle plus petit dans les réglages, ou fermez d’autres programmes.</translation>
        </message>
        <message>
            <source>Choose a smaller model or a shorter context in the settings, or close other programs.</source>
            <translation>Choisissez un modèle plus petit ou un contexte plus court dans les paramètres, ou fermez d’autres programmes.</translation>
        </message>
        <message>
            <source>Choose another folder.</source>
            <translation>Choisissez un autre dossier.</translation>
        </message>
        <message>
            <source>Choose another hotkey in the settings.</source>
            <translation>Choisissez un autre raccourci dans les paramètres.</translation>
        </message>
        <message>
            <source>Choose another language for the persona.</source>
            <translation>Choisissez une autre langue pour ce personnage.</translation>
        </message>
        <message>
            <source>Choose one of: {names}.</source>
            <translation>Choisissez parmi : {names}.</translation>
        </message>
        <message>
            <source>Choose who answers</source>
            <translation>Choisir qui répond</translation>
        </message>
        <message>
            <source>Clear the search</source>
            <translation>Effacer la recherche</translation>
        </message>
        <message>
            <source>Clear…</source>
            <translation>Effacer…</translation>
        </message>
        <message>
            <source>Click to read it.</source>
            <translation>Cliquez pour la lire.</translation>
        </message>
        <message>
            <source>Click to see every connection this program has.</source>
            <translation>Cliquez pour voir toutes les connexions de ce programme.</translation>
        </message>
        <message>
            <source>Click to see how this answer was made.</source>
            <translation>Cliquez pour voir comment cette réponse a été faite.</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Fermer</translation>
        </message>
        <message>
            <source>Close Companion and try again; nothing needs to be downloaded twice.</source>
            <translation>Fermez Companion et réessayez ; rien ne sera téléchargé deux fois.</translation>
        </message>
        <message>
            <source>Close it, or choose another device in the settings; Companion goes on by itself.</source>
            <translation>Fermez-le, ou choisissez un autre appareil dans les paramètres ; Companion reprend de lui-même.</translation>
        </message>
        <message>
            <source>Close the other program. What was said meanwhile is written when that works again.</source>
            <translation>Fermez l’autre programme. Ce qui a été dit entre-temps sera écrit dès que cela remarchera.</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>Fermé</translation>
        </message>
        <message>
            <source>Closing.</source>
            <translation>Fermeture en cours.</translation>
        </message>
        <message>
            <source>Collects what helps to find a fault, without a word of what was said. You see it first, and nothing is sent.</source>
            <translation>Rassemble ce qui aide à trouver un défaut, sans un mot de ce qui a été dit. Vous le voyez d’abord, et rien n’est envoyé.</translation>
        </message>
        <message>
            <source>Colours</source>
            <translation>Couleurs</translation>
        </message>
        <message>
            <source>Compact mode</source>
            <translation>Mode compact</translation>
        </message>
        <message>
            <source>Companion</source>
            <translation>Companion</translation>
        </message>
        <message>
            <source>Companion cannot be reached: {error}.</source>
            <translation>Companion est injoignable : {error}.</translation>
        </message>
        <message>
            <source>Companion cannot listen yet. Its window says why.</source>
            <translation>Companion ne peut pas encore écouter. Sa fenêtre dit pourquoi.</translation>
        </message>
        <message>
            <source>Companion closed the connection without an answer. Try again.</source>
            <translation>Companion a coupé la connexion sans répondre. Réessayez.</translation>
        </message>
        <message>
            <source>Companion could not start ({name}).</source>
            <translation>Companion n’a pas pu démarrer ({name}).</translation>
        </message>
        <message>
            <source>Companion did not understand</source>
            <translation>Companion n’a pas compris</translation>
        </message>
        <message>
            <source>Companion goes on by itself.</source>
            <translation>Companion reprend de lui-même.</translation>
        </message>
        <message>
            <source>Companion is listening or about to answer.</source>
            <translation>Companion écoute ou va répondre.</translation>
        </message>
        <message>
            <source>Companion is running but does not answer. Close it and start it again.</source>
            <translation>Companion fonctionne mais ne répond pas. Fermez-le et redémarrez-le.</translation>
        </message>
        <message>
            <source>Companion keeps running</source>
            <translation>Companion reste actif</translation>
        </message>
        <message>
            <source>Companion needs your attention</source>
            <translation>Companion a besoin de vous</translation>
        </message>
        <message>
            <source>Companion stopped by itself the last time.</source>
            <translation>La dernière fois, Companion s’est arrêté de lui-même.</translation>
        </message>
        <message>
            <source>Companion works offline: this process may not use the network ({event}). Models are downloaded by `companion models pull`, in a process of its own.</source>
            <translation>Companion travaille hors ligne : ce processus n’a pas accès au réseau ({event}). Les modèles sont téléchargés par `companion models pull`, dans un processus à part.</translation>
        </message>
        <message>
            <source>Companion's own door</source>
            <translation>La porte de Companion</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>Connexions</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>Continuer</translation>
        </message>
        <message>
            <source>Contrast</source>
            <translation>Contraste</translation>
        </message>
        <message>
            <source>Conversation</source>
            <translation>Conversation</translation>
        </message>
        <message>
            <source>Conversation deleted.</source>
            <translation>Conversation supprimée.</translation>
        </message>
        <message>
            <source>Conversations</source>
            <translation>Conversations</translation>
        </message>
        <message>
            <source>Conversations are not being kept.</source>
            <translation>Les conversations ne sont pas conservées.</translation>
        </message>
        <message>
            <source>Conversations of Companion or ChatGPT (*.json *.zip)</source>
            <translation>Conversations de Companion ou ChatGPT (*.json *.zip)</translation>
        </message>
        <message>
            <source>Conversations you have appear here.</source>
            <translation>Vos conversations apparaîtront ici.</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copier</translation>
        </message>
        <message>
            <source>Copy as text</source>
            <translation>Copier en texte</translation>
        </message>
        <message>
            <source>Copy conversation</source>
            <translation>Copier la conversation</translation>
        </message>
        <message>
            <source>Cores that Companion may keep busy. 0 uses all there are.</source>
            <translation>Cœurs que Companion peut occuper. 0 les utilise tous.</translation>
        </message>
        <message>
            <source>Correct the file and start again.</source>
            <translation>Corrigez le fichier et redémarrez.</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Sombre</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Supprimer</translation>
        </message>
        <message>
            <source>Delete all</source>
            <translation>Tout supprimer</translation>
        </message>
        <message>
            <source>Delete all conversations?</source>
            <translation>Supprimer toutes les conversations ?</translation>
        </message>
        <message>
            <source>Delete all…</source>
            <translation>Tout supprimer…</translation>
        </message>
        <message>
            <source>Delete every kept conversation from this computer. This cannot be undone.</source>
            <translation>Supprime de cet ordinateur toutes les conversations conservées. C’est irréversible.</translation>
        </message>
        <message>
            <source>Desktop</source>
            <translation>Bureau</translation>
        </message>
        <message>
            <source>Devices</source>
            <translation>Appareils</translation>
        </message>
        <message>
            <source>Did you hear it? If not, choose another loudspeaker, or turn the volume up.</source>
            <translation>L’avez-vous entendu ? Sinon, choisissez un autre haut-parleur ou montez le volume.</translation>
        </message>
        <message>
            <source>Dismiss</source>
            <translation>Ignorer</translation>
        </message>
        <message>
            <source>Display</source>
            <translation>Affichage</translation>
        </message>
        <message>
            <source>Does not</source>
            <translation>Ne fait rien de tel</translation>
        </message>
        <message>
            <source>Done talking</source>
            <translation>J’ai fini de parler</translation>
        </message>
        <message>
            <source>Download the model again, or choose another one.</source>
            <translation>Téléchargez à nouveau le modèle, ou choisissez-en un autre.</translation>
        </message>
        <message>
            <source>Download the model again.</source>
            <translation>Téléchargez de nouveau le modèle.</translation>
        </message>
        <message>
            <source>Download the models again.</source>
            <translation>Téléchargez de nouveau les modèles.</translation>
        </message>
        <message>
            <source>Download the voice in the model manager, or run: companion models pull starter</source>
            <translation>Téléchargez la voix dans le gestionnaire de modèles, ou lancez : companion models pull starter</translation>
        </message>
        <message>
            <source>Download {size}</source>
            <translation>Télécharger {size}</translation>
        </message>
        <message>
            <source>Download {titles} under Models and voices.</source>
            <translation>Téléchargez {titles} sous Modèles et voix.</translation>
        </message>
        <message>
            <source>Downloading models: {progress}</source>
            <translation>Téléchargement des modèles : {progress}</translation>
        </message>
        <message>
            <source>Downloads from Hugging Face are switched off by HF_HUB_OFFLINE.</source>
            <translation>Les téléchargements depuis Hugging Face sont désactivés par HF_HUB_OFFLINE.</translation>
        </message>
        <message>
            <source>Drafts</source>
            <translation>Ébauches</translation>
        </message>
        <message>
            <source>Draws the windows and hears keys and mouse.</source>
            <translation>Dessine les fenêtres et reçoit clavier et souris.</translation>
        </message>
        <message>
            <source>Duplicate</source>
            <translation>Dupliquer</translation>
        </message>
        <message>
            <source>Earlier this month</source>
            <translation>Plus tôt ce mois-ci</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>Modifier</translation>
        </message>
        <message>
            <source>Edit personas…</source>
            <translation>Modifier les personnages…</translation>
        </message>
        <message>
            <source>Edit your message</source>
            <translation>Modifiez votre message</translation>
        </message>
        <message>
            <source>English</source>
            <translation>Anglais</translation>
        </message>
        <message>
            <source>Every conversation on this computer is deleted, the pinned ones as well.</source>
            <translation>Toutes les conversations de cet ordinateur seront supprimées, même celles qui sont épinglées.</translation>
        </message>
        <message>
            <source>Every conversation that is kept on this computer is deleted. This cannot be undone. Settings and models are not touched.</source>
            <translation>Toutes les conversations conservées sur cet ordinateur seront supprimées. C’est irréversible. Les paramètres et les modèles ne sont pas touchés.</translation>
        </message>
        <message>
            <source>Every turn with its figures, as a table or as JSON; no words of anybody</source>
            <translation>Chaque tour avec ses chiffres, en tableau ou en JSON ; aucune parole de personne</translation>
        </message>
        <message>
            <source>Everything on this page goes back to its default. Other pages are not touched.</source>
            <translation>Tout sur cette page revient à sa valeur par défaut. Les autres pages ne sont pas touchées.</translation>
        </message>
        <message>
            <source>Everything runs on this computer. Nothing you say leaves it, and no account is needed.</source>
            <translation>Tout se passe sur cet ordinateur. Rien de ce que vous dites n’en sort, et aucun compte n’est nécessaire.</translation>
        </message>
        <message>
            <source>Everything runs on this computer. Nothing you say or type leaves it.</source>
            <translation>Tout se passe sur cet ordinateur. Rien de ce que vous dites ou écrivez n’en sort.</translation>
        </message>
        <message>
            <source>Export all…</source>
            <translation>Tout exporter…</translation>
        </message>
        <message>
            <source>Export fewer conversations at a time.</source>
            <translation>Exportez moins de conversations à la fois.</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exporter…</translation>
        </message>
        <message>
            <source>Fastest</source>
            <translation>Le plus rapide</translation>
        </message>
        <message>
            <source>Figures; choose a row to see its turns</source>
            <translation>Chiffres ; choisissez une ligne pour voir ses tours</translation>
        </message>
        <message>
            <source>Files of the report</source>
            <translation>Fichiers du rapport</translation>
        </message>
        <message>
            <source>Final transcript</source>
            <translation>Transcription finale</translation>
        </message>
        <message>
            <source>First clause: {latency} after you let go</source>
            <translation>Première partie : {latency} après que vous avez relâché</translation>
        </message>
        <message>
            <source>First clause: {latency} before you let go</source>
            <translation>Première partie : {latency} avant que vous relâchiez</translation>
        </message>
        <message>
            <source>First word of the answer: {latency} after you let go</source>
            <translation>Premier mot de la réponse : {latency} après que vous avez relâché</translation>
        </message>
        <message>
            <source>First word of the answer: {latency} before you let go</source>
            <translation>Premier mot de la réponse : {latency} avant que vous relâchiez</translation>
        </message>
        <message>
            <source>Fits: this computer has {memory} of memory.</source>
            <translation>Convient : cet ordinateur a {memory} de mémoire.</translation>
        </message>
        <message>
            <source>For example: “Why is the sky blue?”</source>
            <translation>Par exemple : « Pourquoi le ciel est-il bleu ? »</translation>
        </message>
        <message>
            <source>Forget all figures?</source>
            <translation>Oublier tous les chiffres ?</translation>
        </message>
        <message>
            <source>Forget everything</source>
            <translation>Tout oublier</translation>
        </message>
        <message>
            <source>Free {free} more and try again, or set {models_variable} to a folder on another disk.</source>
            <translation>Libérez encore {free} et réessayez, ou faites pointer {models_variable} vers un dossier d’un autre disque.</translation>
        </message>
        <message>
            <source>French</source>
            <translation>Français</translation>
        </message>
        <message>
            <source>From the end of your voice</source>
            <translation>Depuis la fin de votre voix</translation>
        </message>
        <message>
            <source>From your first word to the end of the answer</source>
            <translation>De votre premier mot à la fin de la réponse</translation>
        </message>
        <message>
            <source>Full</source>
            <translation>Complètes</translation>
        </message>
        <message>
            <source>Get it with: companion models pull {target}</source>
            <translation>Obtenez-le avec : companion models pull {target}</translation>
        </message>
        <message>
            <source>Getting ready</source>
            <translation>Préparation</translation>
        </message>
        <message>
            <source>Getting ready…</source>
            <translation>Préparation…</translation>
        </message>
        <message>
            <source>Getting the change ready…</source>
            <translation>Préparation du changement…</translation>
        </message>
        <message>
            <source>Give up</source>
            <translation>Abandonner</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Reprendre</translation>
        </message>
        <message>
            <source>Go on with it: what has arrived is kept.</source>
            <translation>Reprenez-le : ce qui est arrivé est conservé.</translation>
        </message>
        <message>
            <source>Go to Models and voices</source>
            <translation>Aller à Modèles et voix</translation>
        </message>
        <message>
            <source>Good answers, at once: it runs on the {gpu}.</source>
            <translation>De bonnes réponses, aussitôt : il fonctionne sur {gpu}.</translation>
        </message>
        <message>
            <source>Good answers, but slow ones on this computer.</source>
            <translation>De bonnes réponses, mais lentes sur cet ordinateur.</translation>
        </message>
        <message>
            <source>Good answers. Without a graphics card, each takes a second or more to begin.</source>
            <translation>De bonnes réponses. Sans carte graphique, chacune met une seconde ou plus à commencer.</translation>
        </message>
        <message>
            <source>Graphics card</source>
            <translation>Carte graphique</translation>
        </message>
        <message>
            <source>Graphics card: English, 12 GB of GPU memory or more</source>
            <translation>Carte graphique : anglais, 12 Go de mémoire graphique ou plus</translation>
        </message>
        <message>
            <source>Graphics card: French, 12 GB of GPU memory or more</source>
            <translation>Carte graphique : français, 12 Go de mémoire graphique ou plus</translation>
        </message>
        <message>
            <source>Hear it</source>
            <translation>Écouter</translation>
        </message>
        <message>
            <source>Hear the voice</source>
            <translation>Écouter la voix</translation>
        </message>
        <message>
            <source>Heard {latency} after you let go ({grade})</source>
            <translation>Entendue {latency} après que vous avez relâché ({grade})</translation>
        </message>
        <message>
            <source>Heard: {latency} after you let go</source>
            <translation>Entendue : {latency} après que vous avez relâché</translation>
        </message>
        <message>
            <source>Heard: {latency} before you let go</source>
            <translation>Entendue : {latency} avant que vous relâchiez</translation>
        </message>
        <message>
            <source>Hearing</source>
            <translation>Écoute</translation>
        </message>
        <message>
            <source>Hello, this is how I sound.</source>
            <translation>Bonjour, voici comment je parle.</translation>
        </message>
        <message>
            <source>Hello. I am Companion.</source>
            <translation>Bonjour. Je suis Companion.</translation>
        </message>
        <message>
            <source>Hello. If you can hear this, your loudspeaker works.</source>
            <translation>Bonjour. Si vous entendez ceci, votre haut-parleur fonctionne.</translation>
        </message>
        <message>
            <source>Hello. This is how I sound. Ask me anything, and I will answer in this voice.</source>
            <translation>Bonjour. Voici ma voix. Posez-moi une question, et je vous répondrai ainsi.</translation>
        </message>
        <message>
            <source>Hide the conversations</source>
            <translation>Masquer les conversations</translation>
        </message>
        <message>
            <source>Hide window</source>
            <translation>Masquer la fenêtre</translation>
        </message>
        <message>
            <source>High</source>
            <translation>Élevé</translation>
        </message>
        <message>
            <source>High contrast makes words and edges stand out more.</source>
            <translation>Un contraste élevé fait mieux ressortir les mots et les bords.</translation>
        </message>
        <message>
            <source>Hold a key, speak, let go, and the answer is already in your ear.</source>
            <translation>Maintenez une touche, parlez, relâchez, et la réponse est déjà à votre oreille.</translation>
        </message>
        <message>
            <source>Hold it anywhere on this computer, speak, let go.</source>
            <translation>Maintenez-la où que vous soyez sur cet ordinateur, parlez, relâchez.</translation>
        </message>
        <message>
            <source>Hold the button below and say, for example</source>
            <translation>Maintenez le bouton ci-dessous et dites, par exemple</translation>
        </message>
        <message>
            <source>Hold the button, ask, and let go.</source>
            <translation>Maintenez le bouton, posez votre question, puis relâchez.</translation>
        </message>
        <message>
            <source>Hold these keys for a moment, in this window or in any other. They light up when they reach me.</source>
            <translation>Maintenez ces touches un instant, dans cette fenêtre ou une autre. Elles s’allument quand elles me parviennent.</translation>
        </message>
        <message>
            <source>Hold this button, or Space while it has the focus, speak, and let go. The answer follows at once.</source>
            <translation>Maintenez ce bouton, ou la barre d’espace lorsqu’il est sélectionné, parlez, puis relâchez. La réponse suit aussitôt.</translation>
        </message>
        <message>
            <source>Hold this button, speak, let go</source>
            <translation>Maintenez ce bouton, parlez, relâchez</translation>
        </message>
        <message>
            <source>Hold to talk</source>
            <translation>Maintenir pour parler</translation>
        </message>
        <message>
            <source>Hold to talk, ask something, and the first figure appears here.</source>
            <translation>Maintenez pour parler, posez une question, et le premier chiffre apparaîtra ici.</translation>
        </message>
        <message>
            <source>Hold to talk, listening</source>
            <translation>Maintenir pour parler, à l’écoute</translation>
        </message>
        <message>
            <source>Hold to talk, microphone muted</source>
            <translation>Maintenir pour parler, micro coupé</translation>
        </message>
        <message>
            <source>Hold to talk, not available</source>
            <translation>Maintenir pour parler, indisponible</translation>
        </message>
        <message>
            <source>Hold to talk, not ready yet</source>
            <translation>Maintenir pour parler, pas encore prêt</translation>
        </message>
        <message>
            <source>Hold to talk, ready</source>
            <translation>Maintenir pour parler, prêt</translation>
        </message>
        <message>
            <source>Hold to talk, speaking</source>
            <translation>Maintenir pour parler, en train de parler</translation>
        </message>
        <message>
            <source>Hold to talk, thinking</source>
            <translation>Maintenir pour parler, en train de réfléchir</translation>
        </message>
        <message>
            <source>Hold {key} and say, for example</source>
            <translation>Maintenez {key} et dites, par exemple</translation>
        </message>
        <message>
            <source>Hold {key} or this button, speak, let go</source>
            <translation>Maintenez {key} ou ce bouton, parlez, relâchez</translation>
        </message>
        <message>
            <source>Hold {key}, ask, and let go. You can also hold the button.</source>
            <translation>Maintenez {key}, posez votre question, puis relâchez. Vous pouvez aussi maintenir le bouton.</translation>
        </message>
        <message>
            <source>How Companion lives among your other programs.</source>
            <translation>Comment Companion vit parmi vos autres programmes.</translation>
        </message>
        <message>
            <source>How long each of the last answers took. Only figures.</source>
            <translation>Le temps qu’a pris chacune des dernières réponses. Rien que des chiffres.</translation>
        </message>
        <message>
            <source>How loud the voice is. It changes at once, even in the middle of an answer.</source>
            <translation>Force de la voix. Elle change aussitôt, même au milieu d’une réponse.</translation>
        </message>
        <message>
            <source>How much memory this computer has is not known.</source>
            <translation>La mémoire de cet ordinateur n’est pas connue.</translation>
        </message>
        <message>
            <source>How the window looks.</source>
            <translation>L’aspect de la fenêtre.</translation>
        </message>
        <message>
            <source>How this answer was made</source>
            <translation>Comment cette réponse a été faite</translation>
        </message>
        <message>
            <source>Hugging Face could not send {title} (status {status}).</source>
            <translation>Hugging Face n’a pas pu envoyer {title} (état {status}).</translation>
        </message>
        <message>
            <source>Hugging Face no longer has {title} ({repo}).</source>
            <translation>Hugging Face n’a plus {title} ({repo}).</translation>
        </message>
        <message>
            <source>Hugging Face refused {title} ({repo}).</source>
            <translation>Hugging Face a refusé {title} ({repo}).</translation>
        </message>
        <message>
            <source>I could not find an answer.</source>
            <translation>Je n’ai pas trouvé de réponse.</translation>
        </message>
        <message>
            <source>I could not make out any words. Try again a little louder or closer.</source>
            <translation>Je n’ai pas distingué de mots. Réessayez un peu plus fort ou de plus près.</translation>
        </message>
        <message>
            <source>I could not say that aloud.</source>
            <translation>Je n’ai pas pu le dire à voix haute.</translation>
        </message>
        <message>
            <source>I could not turn that into words.</source>
            <translation>Je n’ai pas pu transcrire cela.</translation>
        </message>
        <message>
            <source>I heard it</source>
            <translation>Je l’ai entendu</translation>
        </message>
        <message>
            <source>I heard nothing. Hold while you speak, then let go.</source>
            <translation>Je n’ai rien entendu. Maintenez pendant que vous parlez, puis relâchez.</translation>
        </message>
        <message>
            <source>I was not ready yet and did not hear that. Please say it again.</source>
            <translation>Je n’étais pas encore prêt et n’ai pas entendu. Veuillez répéter.</translation>
        </message>
        <message>
            <source>If it happens again, please save a problem report: it is in the menu.</source>
            <translation>Si cela se reproduit, enregistrez un rapport de problème : il est dans le menu.</translation>
        </message>
        <message>
            <source>If something is missing and you have an exported copy, import it.</source>
            <translation>S’il manque quelque chose et que vous avez une copie exportée, importez-la.</translation>
        </message>
        <message>
            <source>If that disturbs, choose another hotkey in the settings.</source>
            <translation>Si cela vous gêne, choisissez un autre raccourci dans les paramètres.</translation>
        </message>
        <message>
            <source>If this keeps happening, choose another voice in the settings.</source>
            <translation>Si cela se répète, choisissez une autre voix dans les paramètres.</translation>
        </message>
        <message>
            <source>If you have an exported copy, import it.</source>
            <translation>Si vous en avez une copie exportée, importez-la.</translation>
        </message>
        <message>
            <source>If you use a mirror (pip config list), let it offer this package or use another one.</source>
            <translation>Si vous utilisez un miroir (pip config list), faites-lui proposer ce paquet ou choisissez-en un autre.</translation>
        </message>
        <message>
            <source>Imported: {added}. Here before: {already}.</source>
            <translation>Importées : {added}. Déjà là : {already}.</translation>
        </message>
        <message>
            <source>Imported: {added}. Here before: {already}. Left out, as they made no sense: {skipped}.</source>
            <translation>Importées : {added}. Déjà là : {already}. Laissées de côté, car incompréhensibles : {skipped}.</translation>
        </message>
        <message>
            <source>Import…</source>
            <translation>Importer…</translation>
        </message>
        <message>
            <source>In a terminal, “companion report” says why.</source>
            <translation>Dans un terminal, « companion report » dit pourquoi.</translation>
        </message>
        <message>
            <source>In plain words: who it is, how it should answer. Short answers sound best and come fastest.</source>
            <translation>En mots simples : qui il est, comment il doit répondre. Les réponses courtes sonnent mieux et viennent plus vite.</translation>
        </message>
        <message>
            <source>In set {name}: {model_id} does not know the language {language}.</source>
            <translation>Dans l’ensemble {name} : {model_id} ne connaît pas la langue {language}.</translation>
        </message>
        <message>
            <source>In set {name}: {model_id} is not a model with role {role}.</source>
            <translation>Dans l’ensemble {name} : {model_id} n’est pas un modèle de rôle {role}.</translation>
        </message>
        <message>
            <source>In use</source>
            <translation>Utilisé</translation>
        </message>
        <message>
            <source>In {where}: [[{key}]] must be given at least once.</source>
            <translation>Dans {where} : [[{key}]] doit figurer au moins une fois.</translation>
        </message>
        <message>
            <source>In {where}: a file is listed twice.</source>
            <translation>Dans {where} : un fichier figure deux fois.</translation>
        </message>
        <message>
            <source>In {where}: each member must be a list of paths.</source>
            <translation>Dans {where} : chaque membre doit être une liste de chemins.</translation>
        </message>
        <message>
            <source>In {where}: kind {kind} is none of wheels, installed, huggingface.</source>
            <translation>Dans {where} : le type {kind} n’est ni wheels, ni installed, ni huggingface.</translation>
        </message>
        <message>
            <source>In {where}: members must name exactly the model's files.</source>
            <translation>Dans {where} : members doit nommer exactement les fichiers du modèle.</translation>
        </message>
        <message>
            <source>In {where}: role {role} is none of {modelrole}.</source>
            <translation>Dans {where} : le rôle {role} n’est aucun de {modelrole}.</translation>
        </message>
        <message>
            <source>In {where}: {item} in {key} is not allowed.</source>
            <translation>Dans {where} : {item} n’est pas permis dans {key}.</translation>
        </message>
        <message>
            <source>In {where}: {key} = {value} is not allowed.</source>
            <translation>Dans {where} : {key} = {value} n’est pas permis.</translation>
        </message>
        <message>
            <source>In {where}: {key} is missing.</source>
            <translation>Dans {where} : il manque {key}.</translation>
        </message>
        <message>
            <source>In {where}: {key} must be a list.</source>
            <translation>Dans {where} : {key} doit être une liste.</translation>
        </message>
        <message>
            <source>In {where}: {key} must be a positive whole number.</source>
            <translation>Dans {where} : {key} doit être un nombre entier positif.</translation>
        </message>
        <message>
            <source>In {where}: {key} must be a table.</source>
            <translation>Dans {where} : {key} doit être une table.</translation>
        </message>
        <message>
            <source>In {where}: {name} is no file name on every system.</source>
            <translation>Dans {where} : {name} n’est pas un nom de fichier valable sur tous les systèmes.</translation>
        </message>
        <message>
            <source>In {where}: {path} is not a plain relative path.</source>
            <translation>Dans {where} : {path} n’est pas un simple chemin relatif.</translation>
        </message>
        <message>
            <source>Inside of Companion</source>
            <translation>À l’intérieur de Companion</translation>
        </message>
        <message>
            <source>Install Companion again.</source>
            <translation>Réinstallez Companion.</translation>
        </message>
        <message>
            <source>Install it (Debian, Ubuntu: libxcb-cursor0; Fedora, Arch: xcb-util-cursor).</source>
            <translation>Installez-la (Debian, Ubuntu : libxcb-cursor0 ; Fedora, Arch : xcb-util-cursor).</translation>
        </message>
        <message>
            <source>Install pip for this Python (python -m ensurepip, or your system's python3-pip) and try again.</source>
            <translation>Installez pip pour ce Python (python -m ensurepip, ou le paquet python3-pip de votre système) et réessayez.</translation>
        </message>
        <message>
            <source>Installed</source>
            <translation>Installé</translation>
        </message>
        <message>
            <source>It goes through the computer's own internet address, which leads to no other computer by itself.</source>
            <translation>Elle passe par l’adresse internet propre à cet ordinateur, qui ne mène d’elle-même à aucun autre.</translation>
        </message>
        <message>
            <source>It has nothing that you said, typed, were told or imported, and no names. It is sent to nobody: you save it, and decide who gets it.</source>
            <translation>Il ne contient rien de ce que vous avez dit, écrit, entendu ou importé, et aucun nom. Il n’est envoyé à personne : vous l’enregistrez et décidez à qui le donner.</translation>
        </message>
        <message>
            <source>It is in the tray, and its talk key works. To end it, choose Quit there or press Ctrl+Q in the window.</source>
            <translation>Il est dans la barre système, et sa touche fonctionne. Pour le quitter, choisissez Quitter à cet endroit ou appuyez sur Ctrl+Q dans la fenêtre.</translation>
        </message>
        <message>
            <source>It speaks: {languages}.</source>
            <translation>Il parle : {languages}.</translation>
        </message>
        <message>
            <source>It waits quietly, ready to answer, when you sign in.</source>
            <translation>Il attend sans bruit, prêt à répondre, dès que vous ouvrez votre session.</translation>
        </message>
        <message>
            <source>Its sound ready: {latency} after you let go</source>
            <translation>Son prêt : {latency} après que vous avez relâché</translation>
        </message>
        <message>
            <source>Its sound ready: {latency} before you let go</source>
            <translation>Son prêt : {latency} avant que vous relâchiez</translation>
        </message>
        <message>
            <source>JSON (*.json)</source>
            <translation>JSON (*.json)</translation>
        </message>
        <message>
            <source>JSON, to import again (*.json)</source>
            <translation>JSON, pour réimporter (*.json)</translation>
        </message>
        <message>
            <source>Jump to the latest message</source>
            <translation>Aller au dernier message</translation>
        </message>
        <message>
            <source>Just fits: this computer has {memory} of memory. Close other large programs.</source>
            <translation>Tient tout juste : cet ordinateur a {memory} de mémoire. Fermez les autres gros programmes.</translation>
        </message>
        <message>
            <source>Keep conversations</source>
            <translation>Conserver les conversations</translation>
        </message>
        <message>
            <source>Keep microphone open</source>
            <translation>Garder le micro ouvert</translation>
        </message>
        <message>
            <source>Keep running when the window is closed</source>
            <translation>Rester actif quand la fenêtre est fermée</translation>
        </message>
        <message>
            <source>Keeps listening until the next tap, instead of only while you hold.</source>
            <translation>Continue à écouter jusqu’à l’appui suivant, au lieu d’écouter seulement pendant que vous maintenez.</translation>
        </message>
        <message>
            <source>Keyboard input</source>
            <translation>Saisie au clavier</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Langue</translation>
        </message>
        <message>
            <source>Language model</source>
            <translation>Modèle de langage</translation>
        </message>
        <message>
            <source>Language of the window</source>
            <translation>Langue de la fenêtre</translation>
        </message>
        <message>
            <source>Laptop</source>
            <translation>Portable</translation>
        </message>
        <message>
            <source>Laptop: English, 8 GB of memory</source>
            <translation>Portable : anglais, 8 Go de mémoire</translation>
        </message>
        <message>
            <source>Laptop: French, 8 GB of memory</source>
            <translation>Portable : français, 8 Go de mémoire</translation>
        </message>
        <message>
            <source>Last 100</source>
            <translation>100 derniers</translation>
        </message>
        <message>
            <source>Layers on the graphics card</source>
            <translation>Couches sur la carte graphique</translation>
        </message>
        <message>
            <source>Leads to another computer, or lets another computer in.</source>
            <translation>Mène à un autre ordinateur, ou en laisse entrer un.</translation>
        </message>
        <message>
            <source>Least stretch that is listened to</source>
            <translation>Plus court passage écouté</translation>
        </message>
        <message>
            <source>Length of an answer</source>
            <translation>Longueur d’une réponse</translation>
        </message>
        <message>
            <source>Less</source>
            <translation>Moins</translation>
        </message>
        <message>
            <source>Let go when you are done.</source>
            <translation>Relâchez quand vous avez fini.</translation>
        </message>
        <message>
            <source>Lets “companion press” and shortcuts reach this window. Only your user account can open it.</source>
            <translation>Permet à « companion press » et aux raccourcis d’atteindre cette fenêtre. Seul votre compte peut l’ouvrir.</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Clair</translation>
        </message>
        <message>
            <source>Like the desktop</source>
            <translation>Comme le bureau</translation>
        </message>
        <message>
            <source>Listen back before you press</source>
            <translation>Remonter avant l’appui</translation>
        </message>
        <message>
            <source>Listen on after you let go</source>
            <translation>Écouter encore après le relâchement</translation>
        </message>
        <message>
            <source>Listening on its own. Click or tap once more when you are done.</source>
            <translation>Écoute sans maintien. Cliquez ou appuyez encore une fois quand vous avez fini.</translation>
        </message>
        <message>
            <source>Listening: the microphone is open</source>
            <translation>À l’écoute : le micro est ouvert</translation>
        </message>
        <message>
            <source>Listening: {name}</source>
            <translation>À l’écoute : {name}</translation>
        </message>
        <message>
            <source>Listening…</source>
            <translation>J’écoute…</translation>
        </message>
        <message>
            <source>Liveliness</source>
            <translation>Vivacité</translation>
        </message>
        <message>
            <source>Loading {parts}…</source>
            <translation>Chargement : {parts}…</translation>
        </message>
        <message>
            <source>Loading…</source>
            <translation>Chargement…</translation>
        </message>
        <message>
            <source>Longest answer</source>
            <translation>Réponse la plus longue</translation>
        </message>
        <message>
            <source>Look at it…</source>
            <translation>L’examiner…</translation>
        </message>
        <message>
            <source>Look whether there is anything of yours in {aside}.</source>
            <translation>Vérifiez si quelque chose dans {aside} vous appartient.</translation>
        </message>
        <message>
            <source>Looked at every second, last at {time}.</source>
            <translation>Vérifié chaque seconde, la dernière fois à {time}.</translation>
        </message>
        <message>
            <source>Looking at everything. This takes a few seconds…</source>
            <translation>Tout est examiné. Cela prend quelques secondes…</translation>
        </message>
        <message>
            <source>Loudspeaker</source>
            <translation>Haut-parleur</translation>
        </message>
        <message>
            <source>Make it a folder of yours, or set COMPANION_HOME to another one.</source>
            <translation>Prenez un dossier qui vous appartient, ou faites pointer COMPANION_HOME vers un autre.</translation>
        </message>
        <message>
            <source>Make it writable. What was said meanwhile is written when that works again.</source>
            <translation>Rendez-le accessible en écriture. Ce qui a été dit entre-temps sera écrit dès que cela remarchera.</translation>
        </message>
        <message>
            <source>Make its folder writable, or set {models_variable} to a folder of yours.</source>
            <translation>Rendez son dossier accessible en écriture, ou faites pointer {models_variable} vers un dossier à vous.</translation>
        </message>
        <message>
            <source>Make room and try again.</source>
            <translation>Libérez de la place et réessayez.</translation>
        </message>
        <message>
            <source>Make room and try again: the download goes on where it stopped.</source>
            <translation>Libérez de la place et réessayez : le téléchargement reprend où il s’est arrêté.</translation>
        </message>
        <message>
            <source>Make room on the disk. What was said meanwhile is written when that works again.</source>
            <translation>Libérez de la place sur le disque. Ce qui a été dit entre-temps sera écrit dès que cela remarchera.</translation>
        </message>
        <message>
            <source>Make room, or choose another folder.</source>
            <translation>Libérez de la place ou choisissez un autre dossier.</translation>
        </message>
        <message>
            <source>Markdown, to read (*.md)</source>
            <translation>Markdown, pour lire (*.md)</translation>
        </message>
        <message>
            <source>Mean</source>
            <translation>Moyenne</translation>
        </message>
        <message>
            <source>Memory of a conversation</source>
            <translation>Mémoire d’une conversation</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>Menu</translation>
        </message>
        <message>
            <source>Microphone</source>
            <translation>Micro</translation>
        </message>
        <message>
            <source>Microphone level</source>
            <translation>Niveau du micro</translation>
        </message>
        <message>
            <source>Microphone muted</source>
            <translation>Micro coupé</translation>
        </message>
        <message>
            <source>Models and voices</source>
            <translation>Modèles et voix</translation>
        </message>
        <message>
            <source>Models are fetched by a program of their own, which only runs when you ask for a download and hears nothing.</source>
            <translation>Les modèles sont téléchargés par un programme à part, qui ne tourne que lorsque vous demandez un téléchargement et n’entend rien.</translation>
        </message>
        <message>
            <source>Models are what hears, thinks and speaks. Begin with the recommended ones; others can be added later.</source>
            <translation>Les modèles sont ce qui entend, pense et parle. Commencez par ceux qui sont conseillés ; d’autres pourront s’ajouter.</translation>
        </message>
        <message>
            <source>More</source>
            <translation>Plus</translation>
        </message>
        <message>
            <source>Motion</source>
            <translation>Animations</translation>
        </message>
        <message>
            <source>Mute the microphone</source>
            <translation>Couper le micro</translation>
        </message>
        <message>
            <source>Mute the microphone: it is closed, nothing is heard ({keys})</source>
            <translation>Couper le micro : il est fermé, rien n’est entendu ({keys})</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nom</translation>
        </message>
        <message>
            <source>Needs attention</source>
            <translation>Demande votre attention</translation>
        </message>
        <message>
            <source>New conversation</source>
            <translation>Nouvelle conversation</translation>
        </message>
        <message>
            <source>New conversation with {name}</source>
            <translation>Nouvelle conversation avec {name}</translation>
        </message>
        <message>
            <source>New persona</source>
            <translation>Nouveau personnage</translation>
        </message>
        <message>
            <source>Next version</source>
            <translation>Version suivante</translation>
        </message>
        <message>
            <source>No answers yet</source>
            <translation>Pas encore de réponse</translation>
        </message>
        <message>
            <source>No connection to any network</source>
            <translation>Aucune connexion à un réseau</translation>
        </message>
        <message>
            <source>No graphics card that CTranslate2 can use was found.</source>
            <translation>Aucune carte graphique utilisable par CTranslate2 n’a été trouvée.</translation>
        </message>
        <message>
            <source>No installed models speak this language yet.</source>
            <translation>Aucun modèle installé ne parle encore cette langue.</translation>
        </message>
        <message>
            <source>No latency: the message was typed, or the answer was stopped before it sounded</source>
            <translation>Pas de latence : le message a été écrit, ou la réponse arrêtée avant d’être entendue</translation>
        </message>
        <message>
            <source>No models are installed that speak {language}.</source>
            <translation>Aucun modèle installé ne parle {language}.</translation>
        </message>
        <message>
            <source>No program on this computer shows folders. The path can be copied.</source>
            <translation>Aucun programme de cet ordinateur n’affiche les dossiers. Le chemin peut être copié.</translation>
        </message>
        <message>
            <source>No sound arrives. Check that the microphone is switched on, or choose another one.</source>
            <translation>Aucun son n’arrive. Vérifiez que le micro est allumé, ou choisissez-en un autre.</translation>
        </message>
        <message>
            <source>No sound at all comes from the microphone. Is it muted, or switched off in the sound settings?</source>
            <translation>Aucun son ne vient du micro. Est-il coupé, ou désactivé dans les réglages du son ?</translation>
        </message>
        <message>
            <source>No {name} was found.</source>
            <translation>Aucun {name} n’a été trouvé.</translation>
        </message>
        <message>
            <source>Normal</source>
            <translation>Normal</translation>
        </message>
        <message>
            <source>Not ready</source>
            <translation>Pas prêt</translation>
        </message>
        <message>
            <source>Nothing found for “{typed}”</source>
            <translation>Rien trouvé pour « {typed} »</translation>
        </message>
        <message>
            <source>Nothing is called that.</source>
            <translation>Rien ne porte ce nom.</translation>
        </message>
        <message>
            <source>Nothing leaves this computer</source>
            <translation>Rien ne quitte cet ordinateur</translation>
        </message>
        <message>
            <source>Nothing was recorded of this turn but its figures.</source>
            <translation>De ce tour, rien d’autre que ses chiffres n’a été noté.</translation>
        </message>
        <message>
            <source>Nothing you say or type leaves this computer. Here you choose what is kept on it.</source>
            <translation>Rien de ce que vous dites ou écrivez ne quitte cet ordinateur. Choisissez ici ce qui y est conservé.</translation>
        </message>
        <message>
            <source>Notifications</source>
            <translation>Notifications</translation>
        </message>
        <message>
            <source>Number</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>Offline</source>
            <translation>Hors ligne</translation>
        </message>
        <message>
            <source>On the button</source>
            <translation>Sur le bouton</translation>
        </message>
        <message>
            <source>On the button and the talk key</source>
            <translation>Sur le bouton et la touche</translation>
        </message>
        <message>
            <source>One moment.</source>
            <translation>Un instant.</translation>
        </message>
        <message>
            <source>Only a download uses the network. It runs apart from what hears you, and sends nothing you say.</source>
            <translation>Seul un téléchargement utilise le réseau. Il est séparé de ce qui vous entend, et n’envoie rien de ce que vous dites.</translation>
        </message>
        <message>
            <source>Only what you say while you hold the key is taken in, and nobody else hears it.</source>
            <translation>Seul ce que vous dites en maintenant la touche est écouté, et personne d’autre ne l’entend.</translation>
        </message>
        <message>
            <source>Only your user account can read this folder.</source>
            <translation>Seul votre compte peut lire ce dossier.</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Ouvrir</translation>
        </message>
        <message>
            <source>Open the microphone again ({keys})</source>
            <translation>Rouvrir le micro ({keys})</translation>
        </message>
        <message>
            <source>Open, but connected to nothing yet.</source>
            <translation>Ouverte, mais reliée à rien pour l’instant.</translation>
        </message>
        <message>
            <source>Or type a message</source>
            <translation>Ou écrivez un message</translation>
        </message>
        <message>
            <source>Pages of the settings</source>
            <translation>Pages des paramètres</translation>
        </message>
        <message>
            <source>Partial transcripts</source>
            <translation>Transcriptions partielles</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>Pause</translation>
        </message>
        <message>
            <source>Pause before an answer is prepared</source>
            <translation>Pause avant de préparer une réponse</translation>
        </message>
        <message>
            <source>Paused at {done} of {size}. What is here stays, also when Companion is closed.</source>
            <translation>En pause à {done} sur {size}. Ce qui est là reste, même quand Companion est fermé.</translation>
        </message>
        <message>
            <source>Pausing…</source>
            <translation>Mise en pause…</translation>
        </message>
        <message>
            <source>Persona: {name}</source>
            <translation>Personnage : {name}</translation>
        </message>
        <message>
            <source>Personas</source>
            <translation>Personnages</translation>
        </message>
        <message>
            <source>Personas; the one with the tick answers</source>
            <translation>Personnages ; celui qui est coché répond</translation>
        </message>
        <message>
            <source>Pin</source>
            <translation>Épingler</translation>
        </message>
        <message>
            <source>Pinned</source>
            <translation>Épinglées</translation>
        </message>
        <message>
            <source>Play a test</source>
            <translation>Jouer un essai</translation>
        </message>
        <message>
            <source>Play again</source>
            <translation>Réécouter</translation>
        </message>
        <message>
            <source>Play it again.</source>
            <translation>Écoutez-le de nouveau.</translation>
        </message>
        <message>
            <source>Play my words</source>
            <translation>Écouter mes paroles</translation>
        </message>
        <message>
            <source>Playing…</source>
            <translation>Lecture…</translation>
        </message>
        <message>
            <source>Please say it again.</source>
            <translation>Veuillez répéter.</translation>
        </message>
        <message>
            <source>Plug it in again or choose another one; Companion goes on by itself.</source>
            <translation>Rebranchez-le ou choisissez-en un autre ; Companion reprend de lui-même.</translation>
        </message>
        <message>
            <source>Plug one in; Companion goes on by itself.</source>
            <translation>Branchez-en un ; Companion reprend de lui-même.</translation>
        </message>
        <message>
            <source>Point at a bar, or walk through the rows with the arrow keys.</source>
            <translation>Pointez une barre, ou parcourez les lignes avec les flèches.</translation>
        </message>
        <message>
            <source>Point at a turn, or walk through them with the arrow keys.</source>
            <translation>Pointez un tour, ou parcourez-les avec les flèches.</translation>
        </message>
        <message>
            <source>Position in the conversation</source>
            <translation>Position dans la conversation</translation>
        </message>
        <message>
            <source>Prepared while you were still speaking</source>
            <translation>Préparée pendant que vous parliez encore</translation>
        </message>
        <message>
            <source>Press Escape to stop, or hold to speak again.</source>
            <translation>Échap pour arrêter, ou maintenez pour reprendre la parole.</translation>
        </message>
        <message>
            <source>Press the button, and I say a sentence.</source>
            <translation>Appuyez sur le bouton, et je dis une phrase.</translation>
        </message>
        <message>
            <source>Press the button, and you hear three notes. My voice comes with the models.</source>
            <translation>Appuyez sur le bouton, et vous entendrez trois notes. Ma voix vient avec les modèles.</translation>
        </message>
        <message>
            <source>Press the new keys together. Escape keeps the old ones.</source>
            <translation>Appuyez ensemble sur les nouvelles touches. Échap garde les anciennes.</translation>
        </message>
        <message>
            <source>Previous version</source>
            <translation>Version précédente</translation>
        </message>
        <message>
            <source>Privacy</source>
            <translation>Confidentialité</translation>
        </message>
        <message>
            <source>Problem</source>
            <translation>Problème</translation>
        </message>
        <message>
            <source>Problem report</source>
            <translation>Rapport de problème</translation>
        </message>
        <message>
            <source>Processor cores</source>
            <translation>Cœurs du processeur</translation>
        </message>
        <message>
            <source>Prompt</source>
            <translation>Invite</translation>
        </message>
        <message>
            <source>Prompt tokens evaluated</source>
            <translation>Jetons d’invite évalués</translation>
        </message>
        <message>
            <source>Prove it</source>
            <translation>Le prouver</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Quitter</translation>
        </message>
        <message>
            <source>Read this sentence aloud, as you would talk to a person beside you:</source>
            <translation>Lisez cette phrase à voix haute, comme à quelqu’un près de vous :</translation>
        </message>
        <message>
            <source>Reading {file}…</source>
            <translation>Lecture de {file}…</translation>
        </message>
        <message>
            <source>Ready</source>
            <translation>Prêt</translation>
        </message>
        <message>
            <source>Really remove?</source>
            <translation>Supprimer vraiment ?</translation>
        </message>
        <message>
            <source>Received.</source>
            <translation>Reçu.</translation>
        </message>
        <message>
            <source>Recommended for this computer</source>
            <translation>Conseillé pour cet ordinateur</translation>
        </message>
        <message>
            <source>Reduced</source>
            <translation>Réduites</translation>
        </message>
        <message>
            <source>Reduced: nothing glides or pulses.</source>
            <translation>Réduites : rien ne glisse ni ne bat.</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Supprimer</translation>
        </message>
        <message>
            <source>Remove ({size})</source>
            <translation>Supprimer ({size})</translation>
        </message>
        <message>
            <source>Remove it and download it again, or choose a smaller one if memory ran out.</source>
            <translation>Supprimez-le et téléchargez-le de nouveau, ou choisissez-en un plus petit si la mémoire a manqué.</translation>
        </message>
        <message>
            <source>Remove it and download it again.</source>
            <translation>Supprimez-le et téléchargez-le de nouveau.</translation>
        </message>
        <message>
            <source>Remove “{name}”?</source>
            <translation>Supprimer « {name} » ?</translation>
        </message>
        <message>
            <source>Removed.</source>
            <translation>Supprimé.</translation>
        </message>
        <message>
            <source>Removing…</source>
            <translation>Suppression…</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Renommer</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>Rétablir</translation>
        </message>
        <message>
            <source>Reset the advanced settings?</source>
            <translation>Rétablir les paramètres avancés ?</translation>
        </message>
        <message>
            <source>Reset to defaults</source>
            <translation>Rétablir les valeurs par défaut</translation>
        </message>
        <message>
            <source>Restart it (systemctl --user restart pipewire pipewire-pulse), or log in again; Companion goes on by itself.</source>
            <translation>Redémarrez-le (systemctl --user restart pipewire pipewire-pulse), ou rouvrez votre session ; Companion reprend de lui-même.</translation>
        </message>
        <message>
            <source>Restart now</source>
            <translation>Redémarrer maintenant</translation>
        </message>
        <message>
            <source>Restart the engine.</source>
            <translation>Redémarrez le moteur.</translation>
        </message>
        <message>
            <source>Restore models/manifest.toml, or install Companion again.</source>
            <translation>Rétablissez models/manifest.toml, ou réinstallez Companion.</translation>
        </message>
        <message>
            <source>Run `companion models pull starter`, or choose another model in the settings.</source>
            <translation>Lancez `companion models pull starter`, ou choisissez un autre modèle dans les paramètres.</translation>
        </message>
        <message>
            <source>Run `companion models verify`, or download the model again.</source>
            <translation>Lancez `companion models verify`, ou téléchargez de nouveau le modèle.</translation>
        </message>
        <message>
            <source>Run “companion doctor” to see why.</source>
            <translation>Lancez « companion doctor » pour en connaître la raison.</translation>
        </message>
        <message>
            <source>Run “companion models pull starter”, then start again.</source>
            <translation>Lancez « companion models pull starter », puis redémarrez.</translation>
        </message>
        <message>
            <source>Run: companion doctor</source>
            <translation>Lancez : companion doctor</translation>
        </message>
        <message>
            <source>Run: companion models verify</source>
            <translation>Lancez : companion models verify</translation>
        </message>
        <message>
            <source>Run: companion models verify, and download the voice again if it is damaged.</source>
            <translation>Lancez : companion models verify, et téléchargez de nouveau la voix si elle est endommagée.</translation>
        </message>
        <message>
            <source>Run: sudo apt-get install libportaudio2</source>
            <translation>Lancez : sudo apt-get install libportaudio2</translation>
        </message>
        <message>
            <source>Save a problem report…</source>
            <translation>Enregistrer un rapport de problème…</translation>
        </message>
        <message>
            <source>Saved</source>
            <translation>Enregistré</translation>
        </message>
        <message>
            <source>Saved as {file}. Nothing was sent.</source>
            <translation>Enregistré sous {file}. Rien n’a été envoyé.</translation>
        </message>
        <message>
            <source>Save…</source>
            <translation>Enregistrer…</translation>
        </message>
        <message>
            <source>Say it once more.</source>
            <translation>Dites-le encore une fois.</translation>
        </message>
        <message>
            <source>Say something.</source>
            <translation>Dites quelque chose.</translation>
        </message>
        <message>
            <source>Search conversations</source>
            <translation>Rechercher dans les conversations</translation>
        </message>
        <message>
            <source>Search settings</source>
            <translation>Rechercher un paramètre</translation>
        </message>
        <message>
            <source>Seconds kept from before the key went down.</source>
            <translation>Secondes gardées d’avant l’appui sur la touche.</translation>
        </message>
        <message>
            <source>Seconds, 5 to 30. Shorter is faster; longer understands better and never repeats itself.</source>
            <translation>Secondes, de 5 à 30. Plus court est plus rapide ; plus long comprend mieux et ne se répète jamais.</translation>
        </message>
        <message>
            <source>Seconds, at most, while you still speak your last word.</source>
            <translation>Secondes, au plus, tant que vous dites encore votre dernier mot.</translation>
        </message>
        <message>
            <source>Seconds. Shorter is faster but works more; longer saves power.</source>
            <translation>Secondes. Plus court est plus rapide mais travaille davantage ; plus long économise l’énergie.</translation>
        </message>
        <message>
            <source>See every connection that Companion has open right now, and where it leads.</source>
            <translation>Voyez toutes les connexions que Companion a ouvertes en ce moment, et où elles mènent.</translation>
        </message>
        <message>
            <source>See them all with: companion models list</source>
            <translation>Voyez-les tous avec : companion models list</translation>
        </message>
        <message>
            <source>See what happens with: python -m pip download --no-deps {requirement}</source>
            <translation>Voyez ce qui se passe avec : python -m pip download --no-deps {requirement}</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>Tout sélectionner</translation>
        </message>
        <message>
            <source>Send</source>
            <translation>Envoyer</translation>
        </message>
        <message>
            <source>Set the speech device to auto or cpu.</source>
            <translation>Réglez l’appareil de la voix sur auto ou cpu.</translation>
        </message>
        <message>
            <source>Set up again</source>
            <translation>Refaire la configuration</translation>
        </message>
        <message>
            <source>Set-up</source>
            <translation>Configuration</translation>
        </message>
        <message>
            <source>Setting up takes two minutes. Each step can be skipped, and found again in the menu.</source>
            <translation>La configuration prend deux minutes. Chaque étape peut être passée, et se retrouve dans le menu.</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Paramètres</translation>
        </message>
        <message>
            <source>Show connections…</source>
            <translation>Afficher les connexions…</translation>
        </message>
        <message>
            <source>Show folder</source>
            <translation>Afficher le dossier</translation>
        </message>
        <message>
            <source>Show the conversations</source>
            <translation>Afficher les conversations</translation>
        </message>
        <message>
            <source>Show the whole message</source>
            <translation>Afficher tout le message</translation>
        </message>
        <message>
            <source>Show their words, which everybody who sees the screen can read.</source>
            <translation>Montre leurs mots, que toute personne devant l’écran peut lire.</translation>
        </message>
        <message>
            <source>Show window</source>
            <translation>Afficher la fenêtre</translation>
        </message>
        <message>
            <source>Since the start</source>
            <translation>Depuis le démarrage</translation>
        </message>
        <message>
            <source>Skip the set-up</source>
            <translation>Passer la configuration</translation>
        </message>
        <message>
            <source>Skip this step</source>
            <translation>Passer cette étape</translation>
        </message>
        <message>
            <source>Slowest</source>
            <translation>Le plus lent</translation>
        </message>
        <message>
            <source>So that you can find them again. Off: a conversation is gone when you begin another or close Companion.</source>
            <translation>Pour les retrouver. Désactivé : une conversation disparaît quand vous en commencez une autre ou fermez Companion.</translation>
        </message>
        <message>
            <source>Some files could not be removed: {reason}</source>
            <translation>Certains fichiers n’ont pas pu être supprimés : {reason}</translation>
        </message>
        <message>
            <source>Somebody to talk to: how they think, how they sound, and the language they speak.</source>
            <translation>À qui parler : comment il pense, quelle est sa voix, et quelle langue il parle.</translation>
        </message>
        <message>
            <source>Something in the settings file {path} could not be used.</source>
            <translation>Une partie du fichier de paramètres {path} n’a pas pu être utilisée.</translation>
        </message>
        <message>
            <source>Something unexpected happened ({name}).</source>
            <translation>Un imprévu s’est produit ({name}).</translation>
        </message>
        <message>
            <source>Something went wrong.</source>
            <translation>Une erreur s’est produite.</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>Son</translation>
        </message>
        <message>
            <source>Sound device, on top</source>
            <translation>Périphérique audio, en plus</translation>
        </message>
        <message>
            <source>Speaking</source>
            <translation>Je parle</translation>
        </message>
        <message>
            <source>Speech recognition</source>
            <translation>Reconnaissance vocale</translation>
        </message>
        <message>
            <source>Speech recognition runs on the CPU because the graphics card's memory is full.</source>
            <translation>La reconnaissance vocale fonctionne sur le processeur, car la mémoire de la carte graphique est pleine.</translation>
        </message>
        <message>
            <source>Speech recognition stopped answering and is loaded again.</source>
            <translation>La reconnaissance vocale ne répondait plus ; elle est rechargée.</translation>
        </message>
        <message>
            <source>Speed of speech</source>
            <translation>Vitesse de la parole</translation>
        </message>
        <message>
            <source>Start a new conversation, or choose another model.</source>
            <translation>Commencez une nouvelle conversation, ou choisissez un autre modèle.</translation>
        </message>
        <message>
            <source>Start a new conversation, or raise the context size in the settings.</source>
            <translation>Commencez une nouvelle conversation, ou agrandissez le contexte dans les paramètres.</translation>
        </message>
        <message>
            <source>Start at login</source>
            <translation>Démarrer à l’ouverture de session</translation>
        </message>
        <message>
            <source>Start it again whenever you like: it goes on where it stopped.</source>
            <translation>Relancez-le quand vous voulez : il reprend où il s’est arrêté.</translation>
        </message>
        <message>
            <source>Start it from a desktop, or answer a recording: companion ask FILE</source>
            <translation>Lancez-le depuis un bureau, ou faites répondre à un enregistrement : companion ask FILE</translation>
        </message>
        <message>
            <source>Start talking</source>
            <translation>Commencer à parler</translation>
        </message>
        <message>
            <source>Starter</source>
            <translation>Débuter</translation>
        </message>
        <message>
            <source>Starter: English, any computer, no account</source>
            <translation>Débuter : anglais, tout ordinateur, sans compte</translation>
        </message>
        <message>
            <source>Statistics</source>
            <translation>Statistiques</translation>
        </message>
        <message>
            <source>Step {number} of {count}</source>
            <translation>Étape {number} sur {count}</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Arrêter</translation>
        </message>
        <message>
            <source>Stop playing</source>
            <translation>Arrêter la lecture</translation>
        </message>
        <message>
            <source>Stop speaking</source>
            <translation>Arrêter de parler</translation>
        </message>
        <message>
            <source>Stutters</source>
            <translation>Saccades</translation>
        </message>
        <message>
            <source>System</source>
            <translation>Système</translation>
        </message>
        <message>
            <source>System default</source>
            <translation>Par défaut du système</translation>
        </message>
        <message>
            <source>Table (*.csv)</source>
            <translation>Tableau (*.csv)</translation>
        </message>
        <message>
            <source>Take one with Ctrl, Alt or Super, such as Ctrl+Space, or a function key.</source>
            <translation>Prenez-en une avec Ctrl, Alt ou Super, comme Ctrl+Espace, ou une touche de fonction.</translation>
        </message>
        <message>
            <source>Take them with you</source>
            <translation>Les emporter</translation>
        </message>
        <message>
            <source>Talk</source>
            <translation>Parler</translation>
        </message>
        <message>
            <source>Talk key</source>
            <translation>Touche pour parler</translation>
        </message>
        <message>
            <source>Talk key: {keys}</source>
            <translation>Touche pour parler : {keys}</translation>
        </message>
        <message>
            <source>Talk to this persona</source>
            <translation>Parler à ce personnage</translation>
        </message>
        <message>
            <source>Talk with your computer. Everything stays on it.</source>
            <translation>Parlez avec votre ordinateur. Tout y reste.</translation>
        </message>
        <message>
            <source>Talk: click to begin and end, or hold; drag to move; double click for the window</source>
            <translation>Parler : cliquez pour commencer et finir, ou maintenez ; glissez pour déplacer ; double-cliquez pour la fenêtre</translation>
        </message>
        <message>
            <source>Talking is off until the problem above is solved.</source>
            <translation>La parole est coupée tant que le problème ci-dessus n’est pas résolu.</translation>
        </message>
        <message>
            <source>Tell of answers and problems while no window shows them.</source>
            <translation>Signale les réponses et les problèmes tant qu’aucune fenêtre ne les montre.</translation>
        </message>
        <message>
            <source>Tells a screen reader what the window shows.</source>
            <translation>Dit à un lecteur d’écran ce que montre la fenêtre.</translation>
        </message>
        <message>
            <source>Text size</source>
            <translation>Taille du texte</translation>
        </message>
        <message>
            <source>That question was dropped before the answer. Ask it again if you like.</source>
            <translation>Cette question a été abandonnée avant la réponse. Posez-la de nouveau si vous le souhaitez.</translation>
        </message>
        <message>
            <source>That was your first answer.</source>
            <translation>C’était votre première réponse.</translation>
        </message>
        <message>
            <source>That was your first answer. It began {latency} after you let go.</source>
            <translation>C’était votre première réponse. Elle a commencé {latency} après que vous avez relâché.</translation>
        </message>
        <message>
            <source>The CPU's first sound takes {cpu_s} ms, the GPU's {gpu_s} ms.</source>
            <translation>Le premier son du processeur prend {cpu_s} ms, celui de la carte graphique {gpu_s} ms.</translation>
        </message>
        <message>
            <source>The Python package index could not be reached for {title}.</source>
            <translation>L’index des paquets Python est injoignable pour {title}.</translation>
        </message>
        <message>
            <source>The answer was slow because it was the first one since the program started (about {cost} ms).</source>
            <translation>La réponse a été lente car c’était la première depuis le démarrage du programme (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because its first part was long, and is spoken only once it is complete (about {cost} ms).</source>
            <translation>La réponse a été lente car sa première partie était longue et n’est dite qu’une fois complète (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because its sound was ready but reached the loudspeaker late (about {cost} ms).</source>
            <translation>La réponse a été lente car son son était prêt mais a atteint le haut-parleur en retard (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because making the sound of the voice took long (about {cost} ms).</source>
            <translation>La réponse a été lente car produire le son de la voix a pris du temps (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because more words came after you let go, and it had to begin again (about {cost} ms).</source>
            <translation>La réponse a été lente car d’autres mots sont venus après que vous avez relâché, et il a fallu recommencer (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because other programs were using the processor (about {cost} ms).</source>
            <translation>La réponse a été lente car d’autres programmes occupaient le processeur (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because recognising your words took long (about {cost} ms).</source>
            <translation>La réponse a été lente car reconnaître vos mots a pris du temps (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because the language model had to read much of the conversation again (about {cost} ms).</source>
            <translation>La réponse a été lente car le modèle de langage a dû relire une grande partie de la conversation (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because the language model took long to find its first words (about {cost} ms).</source>
            <translation>La réponse a été lente car le modèle de langage a mis du temps à trouver ses premiers mots (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because the work on it began late (about {cost} ms).</source>
            <translation>La réponse a été lente car le travail a commencé tard (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because work on what you had said before was not finished yet (about {cost} ms).</source>
            <translation>La réponse a été lente car le travail sur ce que vous aviez dit avant n’était pas terminé (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because you let go as your last word ended, before anything could be prepared (about {cost} ms).</source>
            <translation>La réponse a été lente car vous avez relâché à la fin même de votre dernier mot, avant que rien ne puisse être préparé (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The answer was slow because your words were hard to make out and had to be listened to twice (about {cost} ms).</source>
            <translation>La réponse a été lente car vos mots étaient difficiles à distinguer et il a fallu les écouter deux fois (environ {cost} ms).</translation>
        </message>
        <message>
            <source>The bar shows that you are heard. Your words can appear here once the models are downloaded.</source>
            <translation>La barre montre que l’on vous entend. Vos mots pourront apparaître ici quand les modèles seront téléchargés.</translation>
        </message>
        <message>
            <source>The best answers, at once: it runs on the {gpu}.</source>
            <translation>Les meilleures réponses, aussitôt : il fonctionne sur {gpu}.</translation>
        </message>
        <message>
            <source>The best answers. Without a graphics card with 12 GB of memory, each takes many seconds to begin.</source>
            <translation>Les meilleures réponses. Sans carte graphique de 12 Go de mémoire, chacune met bien des secondes à commencer.</translation>
        </message>
        <message>
            <source>The change could not be made ({reason}).</source>
            <translation>Le changement n’a pas pu être fait ({reason}).</translation>
        </message>
        <message>
            <source>The chosen loudspeaker is not connected. The system default is used until it is back.</source>
            <translation>Le haut-parleur choisi n’est pas branché. Celui du système sert jusqu’à son retour.</translation>
        </message>
        <message>
            <source>The chosen microphone is not connected. The system default is used until it is back.</source>
            <translation>Le micro choisi n’est pas branché. Celui du système sert jusqu’à son retour.</translation>
        </message>
        <message>
            <source>The connection to {hostname} failed while fetching {title}.</source>
            <translation>La connexion à {hostname} s’est interrompue pendant le téléchargement de {title}.</translation>
        </message>
        <message>
            <source>The control socket cannot be made: {errorstring}.</source>
            <translation>Le canal de commande ne peut pas être ouvert : {errorstring}.</translation>
        </message>
        <message>
            <source>The conversation goes on from here; the version before stays.</source>
            <translation>La conversation repart d’ici ; la version d’avant reste.</translation>
        </message>
        <message>
            <source>The conversation goes on, but it is not being kept.</source>
            <translation>La conversation continue, mais elle n’est pas conservée.</translation>
        </message>
        <message>
            <source>The conversation is longer than the language model can hold.</source>
            <translation>La conversation est plus longue que ce que le modèle de langage peut retenir.</translation>
        </message>
        <message>
            <source>The conversations cannot be written ({name}). The conversation goes on, but it is not being kept.</source>
            <translation>Les conversations ne peuvent pas être écrites ({name}). La conversation continue, mais elle n’est pas conservée.</translation>
        </message>
        <message>
            <source>The conversations cannot be written: their file or folder is read-only. The conversation goes on, but it is not being kept.</source>
            <translation>Les conversations ne peuvent pas être écrites : leur fichier ou leur dossier est en lecture seule. La conversation continue, mais elle n’est pas conservée.</translation>
        </message>
        <message>
            <source>The conversations could not be read.</source>
            <translation>Les conversations n’ont pas pu être lues.</translation>
        </message>
        <message>
            <source>The defaults suit nearly everybody. Each of these changes how fast or how well answers come.</source>
            <translation>Les valeurs par défaut conviennent à presque tout le monde. Chacune change la vitesse ou la qualité des réponses.</translation>
        </message>
        <message>
            <source>The desktop bound no key to Companion.</source>
            <translation>Le bureau n’a associé aucune touche à Companion.</translation>
        </message>
        <message>
            <source>The desktop closed the hotkey.</source>
            <translation>Le bureau a fermé le raccourci.</translation>
        </message>
        <message>
            <source>The desktop did not allow the hotkey.</source>
            <translation>Le bureau n’a pas autorisé le raccourci.</translation>
        </message>
        <message>
            <source>The desktop portal has gone.</source>
            <translation>Le portail du bureau a disparu.</translation>
        </message>
        <message>
            <source>The disk is full. The conversation goes on, but it is not being kept.</source>
            <translation>Le disque est plein. La conversation continue, mais elle n’est pas conservée.</translation>
        </message>
        <message>
            <source>The disk is full: {path} could not be written.</source>
            <translation>Le disque est plein : {path} n’a pas pu être écrit.</translation>
        </message>
        <message>
            <source>The disk is full: {title} could not be written.</source>
            <translation>Le disque est plein : {title} n’a pas pu être écrit.</translation>
        </message>
        <message>
            <source>The display ({display}) does not answer, or does not let us in.</source>
            <translation>L’écran ({display}) ne répond pas, ou ne nous laisse pas entrer.</translation>
        </message>
        <message>
            <source>The download ended before everything was here.</source>
            <translation>Le téléchargement s’est terminé avant que tout soit là.</translation>
        </message>
        <message>
            <source>The download has stopped. Step {number} says why.</source>
            <translation>Le téléchargement s’est arrêté. L’étape {number} dit pourquoi.</translation>
        </message>
        <message>
            <source>The download is paused.</source>
            <translation>Le téléchargement est en pause.</translation>
        </message>
        <message>
            <source>The download was stopped.</source>
            <translation>Le téléchargement a été arrêté.</translation>
        </message>
        <message>
            <source>The downloaded {name} of {title} is not the file it should be.</source>
            <translation>Le fichier {name} téléchargé pour {title} n’est pas celui attendu.</translation>
        </message>
        <message>
            <source>The file could not be read.</source>
            <translation>Le fichier n’a pas pu être lu.</translation>
        </message>
        <message>
            <source>The file could not be written.</source>
            <translation>Le fichier n’a pas pu être écrit.</translation>
        </message>
        <message>
            <source>The file is too large to be imported.</source>
            <translation>Le fichier est trop gros pour être importé.</translation>
        </message>
        <message>
            <source>The file of the conversations says that a newer Companion wrote it. It is left untouched, and what is said now is not being kept.</source>
            <translation>Le fichier des conversations indique qu’un Companion plus récent l’a écrit. Il reste intact, et ce qui est dit maintenant n’est pas conservé.</translation>
        </message>
        <message>
            <source>The file of the conversations was damaged. It is kept as {kept_as}, and a new one was begun.</source>
            <translation>Le fichier des conversations était endommagé. Il est gardé sous le nom {kept_as}, et un nouveau a été commencé.</translation>
        </message>
        <message>
            <source>The file of the conversations was damaged. It is kept as {kept_as}; what could be read is here again.</source>
            <translation>Le fichier des conversations était endommagé. Il est conservé sous le nom {kept_as} ; ce qui a pu être lu est de nouveau ici.</translation>
        </message>
        <message>
            <source>The file was exported by a newer Companion.</source>
            <translation>Le fichier a été exporté par un Companion plus récent.</translation>
        </message>
        <message>
            <source>The folder {name} holds no Whisper model.</source>
            <translation>Le dossier {name} ne contient pas de modèle Whisper.</translation>
        </message>
        <message>
            <source>The folder {path} cannot be used: {error}.</source>
            <translation>Le dossier {path} ne peut pas être utilisé : {error}.</translation>
        </message>
        <message>
            <source>The hotkey is empty.</source>
            <translation>Le raccourci est vide.</translation>
        </message>
        <message>
            <source>The hotkey stopped working.</source>
            <translation>Le raccourci a cessé de fonctionner.</translation>
        </message>
        <message>
            <source>The hotkey “{strip}” has a plus sign without a key.</source>
            <translation>Le raccourci « {strip} » a un signe plus sans touche.</translation>
        </message>
        <message>
            <source>The hotkey “{strip}” has {rule}.</source>
            <translation>Le raccourci « {strip} » a {rule}.</translation>
        </message>
        <message>
            <source>The hotkey “{strip}” names a key twice.</source>
            <translation>Le raccourci « {strip} » nomme deux fois une touche.</translation>
        </message>
        <message>
            <source>The hotkey “{strip}” would get in the way of typing; add ctrl, alt or super.</source>
            <translation>Le raccourci « {strip} » gênerait la saisie ; ajoutez ctrl, alt ou super.</translation>
        </message>
        <message>
            <source>The import ended before the file did.</source>
            <translation>L’import s’est arrêté avant la fin du fichier.</translation>
        </message>
        <message>
            <source>The language model broke off (error {code}) and is loaded again.</source>
            <translation>Le modèle de langue s’est interrompu (erreur {code}) et il est rechargé.</translation>
        </message>
        <message>
            <source>The language model did not fit on the GPU and runs on the CPU. Choose a smaller model, or put only some layers on the GPU (gpu_layers in the settings).</source>
            <translation>Le modèle de langage ne tenait pas sur la carte graphique et fonctionne sur le processeur. Choisissez un modèle plus petit, ou ne mettez qu’une partie des couches sur la carte (gpu_layers dans les paramètres).</translation>
        </message>
        <message>
            <source>The language model is closed.</source>
            <translation>Le modèle de langage est fermé.</translation>
        </message>
        <message>
            <source>The language model is not loaded.</source>
            <translation>Le modèle de langage n’est pas chargé.</translation>
        </message>
        <message>
            <source>The language model stopped answering and is loaded again.</source>
            <translation>Le modèle de langage ne répondait plus ; il est rechargé.</translation>
        </message>
        <message>
            <source>The language model stopped with error {code}.</source>
            <translation>Le modèle de langage s’est arrêté avec l’erreur {code}.</translation>
        </message>
        <message>
            <source>The language model {name} cannot be read: {strerror}.</source>
            <translation>Le modèle de langage {name} ne peut pas être lu : {strerror}.</translation>
        </message>
        <message>
            <source>The language model {name} is not there.</source>
            <translation>Le modèle de langage {name} n’est pas là.</translation>
        </message>
        <message>
            <source>The latencies of all turns, the earliest included, are deleted. Conversations are not touched.</source>
            <translation>Les latences de tous les tours, même les plus anciens, seront supprimées. Les conversations ne sont pas touchées.</translation>
        </message>
        <message>
            <source>The list of models is not of version {manifest_version}.</source>
            <translation>La liste des modèles n’est pas de la version {manifest_version}.</translation>
        </message>
        <message>
            <source>The list of models is not valid TOML.</source>
            <translation>La liste des modèles n’est pas du TOML valide.</translation>
        </message>
        <message>
            <source>The list of models is not valid TOML: {error}.</source>
            <translation>La liste des modèles n’est pas du TOML valable : {error}.</translation>
        </message>
        <message>
            <source>The list of models {path} cannot be read: {error}.</source>
            <translation>La liste des modèles {path} ne peut pas être lue : {error}.</translation>
        </message>
        <message>
            <source>The loudspeaker is closed.</source>
            <translation>Le haut-parleur est fermé.</translation>
        </message>
        <message>
            <source>The method by which you type in your language.</source>
            <translation>La méthode par laquelle vous écrivez dans votre langue.</translation>
        </message>
        <message>
            <source>The microphone is closed. Press {keys} to open it.</source>
            <translation>Le micro est fermé. Appuyez sur {keys} pour l’ouvrir.</translation>
        </message>
        <message>
            <source>The microphone is muted.</source>
            <translation>Le micro est coupé.</translation>
        </message>
        <message>
            <source>The microphone is muted. Open it in Companion's window or tray, then try again.</source>
            <translation>Le micro est coupé. Ouvrez-le dans la fenêtre de Companion ou depuis la zone de notification, puis réessayez.</translation>
        </message>
        <message>
            <source>The microphone or the speaker does not answer.</source>
            <translation>Le micro ou le haut-parleur ne répond pas.</translation>
        </message>
        <message>
            <source>The microphone was still starting. Say that again, please.</source>
            <translation>Le micro n’était pas encore prêt. Répétez, s’il vous plaît.</translation>
        </message>
        <message>
            <source>The model had nothing to say.</source>
            <translation>Le modèle n’avait rien à dire.</translation>
        </message>
        <message>
            <source>The model is in place.</source>
            <translation>Le modèle est en place.</translation>
        </message>
        <message>
            <source>The model set {name} does not speak {language}.</source>
            <translation>L’ensemble de modèles {name} ne parle pas {language}.</translation>
        </message>
        <message>
            <source>The model {id} is listed twice.</source>
            <translation>Le modèle {id} figure deux fois.</translation>
        </message>
        <message>
            <source>The model's chat template refuses this conversation.</source>
            <translation>Le gabarit de dialogue du modèle refuse cette conversation.</translation>
        </message>
        <message>
            <source>The models are being loaded. One moment.</source>
            <translation>Les modèles se chargent. Un instant.</translation>
        </message>
        <message>
            <source>The models are here and verified.</source>
            <translation>Les modèles sont là et vérifiés.</translation>
        </message>
        <message>
            <source>The models are still being downloaded: {progress}</source>
            <translation>Les modèles sont encore en téléchargement : {progress}</translation>
        </message>
        <message>
            <source>The models in use</source>
            <translation>Les modèles utilisés</translation>
        </message>
        <message>
            <source>The names of your microphones and loudspeakers, and what they can do.</source>
            <translation>Les noms de vos microphones et haut-parleurs, et ce qu’ils savent faire.</translation>
        </message>
        <message>
            <source>The package that carries {name} is not what it should be.</source>
            <translation>Le paquet qui contient {name} n’est pas celui attendu.</translation>
        </message>
        <message>
            <source>The pasted text was cut: a message holds {count} characters.</source>
            <translation>Le texte collé a été coupé : un message contient {count} caractères au plus.</translation>
        </message>
        <message>
            <source>The report could not be made.</source>
            <translation>Le rapport n’a pas pu être établi.</translation>
        </message>
        <message>
            <source>The round button in the window can be held instead.</source>
            <translation>Le bouton rond de la fenêtre peut être maintenu à la place.</translation>
        </message>
        <message>
            <source>The server sent more than {name} should have.</source>
            <translation>Le serveur a envoyé plus que {name} ne devrait contenir.</translation>
        </message>
        <message>
            <source>The settings are of a newer Companion (version {version}); what this one knows is used.</source>
            <translation>Les paramètres viennent d’un Companion plus récent (version {version}) ; ce que celui-ci connaît est utilisé.</translation>
        </message>
        <message>
            <source>The settings could not be saved ({reason}).</source>
            <translation>Les paramètres n’ont pas pu être enregistrés ({reason}).</translation>
        </message>
        <message>
            <source>The settings file {path} {problem}; the defaults are used.</source>
            <translation>Le fichier de paramètres {path} {problem} ; les valeurs par défaut sont utilisées.</translation>
        </message>
        <message>
            <source>The sound library PortAudio is not installed.</source>
            <translation>La bibliothèque sonore PortAudio n’est pas installée.</translation>
        </message>
        <message>
            <source>The sound of your last {kept_turns} turns is kept in memory until Companion is closed.</source>
            <translation>Le son de vos {kept_turns} derniers tours reste en mémoire jusqu’à la fermeture de Companion.</translation>
        </message>
        <message>
            <source>The sound stuttered once</source>
            <translation>Le son a saccadé une fois</translation>
        </message>
        <message>
            <source>The sound stuttered {count} times</source>
            <translation>Le son a saccadé {count} fois</translation>
        </message>
        <message>
            <source>The sound system does not answer.</source>
            <translation>Le système sonore ne répond pas.</translation>
        </message>
        <message>
            <source>The sound system has failed ({reason}).</source>
            <translation>Le système audio est en panne ({reason}).</translation>
        </message>
        <message>
            <source>The sound system is not running.</source>
            <translation>Le système audio n’est pas en marche.</translation>
        </message>
        <message>
            <source>The speaker was disconnected.</source>
            <translation>Le haut-parleur a été débranché.</translation>
        </message>
        <message>
            <source>The speech recognition model in {name} cannot be read: {strerror}.</source>
            <translation>Le modèle de reconnaissance vocale dans {name} ne peut pas être lu : {strerror}.</translation>
        </message>
        <message>
            <source>The speech recognition model in {name} could not be loaded.</source>
            <translation>Le modèle de reconnaissance vocale dans {name} n’a pas pu être chargé.</translation>
        </message>
        <message>
            <source>The speech recognition model in {name} is incomplete: the end of its weights is missing.</source>
            <translation>Le modèle de reconnaissance vocale dans {name} est incomplet : il manque la fin de ses poids.</translation>
        </message>
        <message>
            <source>The speech recognition model in {name} is of a version that Companion cannot read.</source>
            <translation>Le modèle de reconnaissance vocale dans {name} est d’une version que Companion ne sait pas lire.</translation>
        </message>
        <message>
            <source>The speech recognition model lacks its file {name}.</source>
            <translation>Il manque au modèle de reconnaissance vocale son fichier {name}.</translation>
        </message>
        <message>
            <source>The starter models come from the Python package index, and this Python has no pip.</source>
            <translation>Les modèles de départ viennent de l’index des paquets Python, et ce Python n’a pas pip.</translation>
        </message>
        <message>
            <source>The talk key still works. Quit from the tray icon.</source>
            <translation>La touche pour parler fonctionne toujours. Quittez par l’icône de la barre système.</translation>
        </message>
        <message>
            <source>The vad model could not be loaded ({name}).</source>
            <translation>Le modèle vad n’a pas pu être chargé ({name}).</translation>
        </message>
        <message>
            <source>The voice could not say a part of the reply.</source>
            <translation>La voix n’a pas pu dire une partie de la réponse.</translation>
        </message>
        <message>
            <source>The voice detector's model {name} could not be loaded.</source>
            <translation>Le modèle {name} du détecteur de voix n’a pas pu être chargé.</translation>
        </message>
        <message>
            <source>The voice detector's model {name} is missing.</source>
            <translation>Il manque le modèle {name} du détecteur de voix.</translation>
        </message>
        <message>
            <source>The voice is not loaded yet.</source>
            <translation>La voix n’est pas encore chargée.</translation>
        </message>
        <message>
            <source>The voice is not loaded.</source>
            <translation>La voix n’est pas chargée.</translation>
        </message>
        <message>
            <source>The voice of the models</source>
            <translation>La voix des modèles</translation>
        </message>
        <message>
            <source>The voice stopped answering and is loaded again.</source>
            <translation>La voix ne répondait plus ; elle est rechargée.</translation>
        </message>
        <message>
            <source>The voice {name} could not be loaded: {rstrip}.</source>
            <translation>La voix {name} n’a pas pu être chargée : {rstrip}.</translation>
        </message>
        <message>
            <source>The voice's file {name} is not there.</source>
            <translation>Le fichier {name} de la voix n’est pas là.</translation>
        </message>
        <message>
            <source>The words are on the screen.</source>
            <translation>Les mots sont à l’écran.</translation>
        </message>
        <message>
            <source>The {kind} was disconnected.</source>
            <translation>Le {kind} a été débranché.</translation>
        </message>
        <message>
            <source>The {name} could not be opened ({reason}).</source>
            <translation>Le {name} n’a pas pu être ouvert ({reason}).</translation>
        </message>
        <message>
            <source>The {value} model could not be loaded ({name}).</source>
            <translation>Le modèle {value} n’a pas pu être chargé ({name}).</translation>
        </message>
        <message>
            <source>The {value} stage failed ({name}).</source>
            <translation>L’étape {value} a échoué ({name}).</translation>
        </message>
        <message>
            <source>There are no conversations in this file that Companion can read.</source>
            <translation>Ce fichier ne contient aucune conversation que Companion sache lire.</translation>
        </message>
        <message>
            <source>There are no models yet. Go back one step to download them.</source>
            <translation>Il n’y a pas encore de modèles. Revenez d’une étape pour les télécharger.</translation>
        </message>
        <message>
            <source>There is a connection to a network</source>
            <translation>Il y a une connexion à un réseau</translation>
        </message>
        <message>
            <source>There is no X server to hear a hotkey from.</source>
            <translation>Il n’y a pas de serveur X pour entendre un raccourci.</translation>
        </message>
        <message>
            <source>There is no desktop to hear a hotkey from.</source>
            <translation>Il n’y a pas de bureau pour entendre un raccourci.</translation>
        </message>
        <message>
            <source>There is no display to open the window on.</source>
            <translation>Il n’y a pas d’écran où ouvrir la fenêtre.</translation>
        </message>
        <message>
            <source>There is no memory for a second text beside the conversation.</source>
            <translation>Il n’y a pas assez de mémoire pour un second texte à côté de la conversation.</translation>
        </message>
        <message>
            <source>There is no model or set {model_id}.</source>
            <translation>Il n’y a ni modèle ni ensemble {model_id}.</translation>
        </message>
        <message>
            <source>There is no model set {name}.</source>
            <translation>Il n’y a pas d’ensemble de modèles {name}.</translation>
        </message>
        <message>
            <source>There is not enough memory for {name}.</source>
            <translation>Il n’y a pas assez de mémoire pour {name}.</translation>
        </message>
        <message>
            <source>There is not enough room for the models in {folder}: {free} are free.</source>
            <translation>Il n’y a pas assez de place pour les modèles dans {folder} : {free} sont libres.</translation>
        </message>
        <message>
            <source>There was a folder in the place of the conversations. It is called {kept_as} now, and a file was begun.</source>
            <translation>Un dossier se trouvait à la place des conversations. Il s’appelle maintenant {kept_as}, et un fichier a été commencé.</translation>
        </message>
        <message>
            <source>These are all of this program's connections. Each one ends on this computer.</source>
            <translation>Voici toutes les connexions de ce programme. Chacune se termine sur cet ordinateur.</translation>
        </message>
        <message>
            <source>These figures could not be saved.</source>
            <translation>Ces chiffres n’ont pas pu être enregistrés.</translation>
        </message>
        <message>
            <source>They work, wherever you are.</source>
            <translation>Elles fonctionnent, où que vous soyez.</translation>
        </message>
        <message>
            <source>They work. Let go when you like.</source>
            <translation>Elles fonctionnent. Relâchez quand vous voulez.</translation>
        </message>
        <message>
            <source>Thinking</source>
            <translation>Réflexion</translation>
        </message>
        <message>
            <source>Thinking…</source>
            <translation>Je réfléchis…</translation>
        </message>
        <message>
            <source>This X server does not let programs see a hotkey (no RECORD).</source>
            <translation>Ce serveur X ne laisse pas les programmes voir un raccourci (pas de RECORD).</translation>
        </message>
        <message>
            <source>This build of onnxruntime has no CUDA, so the voice runs on the CPU.</source>
            <translation>Cette version d’onnxruntime n’a pas CUDA ; la voix fonctionne donc sur le processeur.</translation>
        </message>
        <message>
            <source>This computer</source>
            <translation>Cet ordinateur</translation>
        </message>
        <message>
            <source>This conversation could not be opened.</source>
            <translation>Cette conversation n’a pas pu être ouverte.</translation>
        </message>
        <message>
            <source>This desktop does not offer global hotkeys to programs.</source>
            <translation>Ce bureau ne propose pas de raccourcis globaux aux programmes.</translation>
        </message>
        <message>
            <source>This is the end of the file; the report has all of it.</source>
            <translation>Ceci est la fin du fichier ; le rapport le contient en entier.</translation>
        </message>
        <message>
            <source>This is what the report holds</source>
            <translation>Voici ce que contient le rapport</translation>
        </message>
        <message>
            <source>This key cannot be used for talking.</source>
            <translation>Cette touche ne peut pas servir à parler.</translation>
        </message>
        <message>
            <source>This keyboard layout has no key for {qt_text}.</source>
            <translation>Cette disposition de clavier n’a pas de touche pour {qt_text}.</translation>
        </message>
        <message>
            <source>This persona answers</source>
            <translation>Ce personnage répond</translation>
        </message>
        <message>
            <source>This recording is no longer there.</source>
            <translation>Cet enregistrement n’est plus là.</translation>
        </message>
        <message>
            <source>This should not be: Companion opens none. It may come from your sound or display settings, if they name another computer. The marked lines say where it leads. Please save a problem report.</source>
            <translation>Cela ne devrait pas être : Companion n’en ouvre aucune. Elle peut venir de vos paramètres de son ou d’affichage, s’ils désignent un autre ordinateur. Les lignes marquées disent où elle mène. Enregistrez un rapport de problème, s’il vous plaît.</translation>
        </message>
        <message>
            <source>This speech model understands English only; choose a multilingual one for other languages.</source>
            <translation>Ce modèle ne comprend que l’anglais ; choisissez-en un multilingue pour d’autres langues.</translation>
        </message>
        <message>
            <source>This system does not let Companion see a hotkey.</source>
            <translation>Ce système ne laisse pas Companion voir un raccourci.</translation>
        </message>
        <message>
            <source>This system does not let a program list its own connections</source>
            <translation>Ce système ne permet pas à un programme de lister ses propres connexions</translation>
        </message>
        <message>
            <source>This takes effect after a restart.</source>
            <translation>Prend effet après un redémarrage.</translation>
        </message>
        <message>
            <source>This voice is not installed. The voice of the models in use speaks instead.</source>
            <translation>Cette voix n’est pas installée. La voix des modèles utilisés parle à sa place.</translation>
        </message>
        <message>
            <source>Time from letting go to the first sound</source>
            <translation>Temps entre le relâchement et le premier son</translation>
        </message>
        <message>
            <source>Today</source>
            <translation>Aujourd’hui</translation>
        </message>
        <message>
            <source>Tokens a second</source>
            <translation>Jetons par seconde</translation>
        </message>
        <message>
            <source>Too large: this computer has {memory} of memory.</source>
            <translation>Trop gros : cet ordinateur a {memory} de mémoire.</translation>
        </message>
        <message>
            <source>Tray, notifications and the talk key, through the desktop's own bus.</source>
            <translation>Zone de notification, notifications et touche de parole, par le bus du bureau.</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>Réessayer</translation>
        </message>
        <message>
            <source>Try again in a moment.</source>
            <translation>Réessayez dans un instant.</translation>
        </message>
        <message>
            <source>Try again in some minutes: the download goes on where it stopped.</source>
            <translation>Réessayez dans quelques minutes : le téléchargement reprend où il s’est arrêté.</translation>
        </message>
        <message>
            <source>Try again later, or use another network.</source>
            <translation>Réessayez plus tard, ou utilisez un autre réseau.</translation>
        </message>
        <message>
            <source>Try again later; if it happens again, something between here and the publisher alters downloads.</source>
            <translation>Réessayez plus tard ; si cela se répète, quelque chose entre ici et l’éditeur altère les téléchargements.</translation>
        </message>
        <message>
            <source>Try again later; if it happens again, your package mirror alters its files.</source>
            <translation>Réessayez plus tard ; si cela se répète, votre miroir de paquets altère ses fichiers.</translation>
        </message>
        <message>
            <source>Try again when the answer is over.</source>
            <translation>Réessayez quand la réponse sera finie.</translation>
        </message>
        <message>
            <source>Try again; if it happens again, restart Companion.</source>
            <translation>Réessayez ; si cela se répète, redémarrez Companion.</translation>
        </message>
        <message>
            <source>Try again; if it happens every time, choose a smaller model or context in the settings.</source>
            <translation>Réessayez ; si cela arrive chaque fois, choisissez un modèle ou un contexte plus petit dans les paramètres.</translation>
        </message>
        <message>
            <source>Try again; if it stays, run “companion doctor”.</source>
            <translation>Réessayez ; si cela persiste, lancez « companion doctor ».</translation>
        </message>
        <message>
            <source>Try it once more.</source>
            <translation>Essayez encore une fois.</translation>
        </message>
        <message>
            <source>Turn {number} of {all}: {latency}, {grade} · {when}</source>
            <translation>Tour {number} sur {all} : {latency}, {grade} · {when}</translation>
        </message>
        <message>
            <source>Turn {number} of {all}: {latency}, {grade}, first after a start · {when}</source>
            <translation>Tour {number} sur {all} : {latency}, {grade}, premier après un démarrage · {when}</translation>
        </message>
        <message>
            <source>Turns</source>
            <translation>Tours</translation>
        </message>
        <message>
            <source>Turns: {count}. Half of them took {p50} or less, 95 % took {p95} or less; {share} under {promise}.</source>
            <translation>Tours : {count}. La moitié a pris {p50} ou moins, 95 % ont pris {p95} ou moins ; {share} sous {promise}.</translation>
        </message>
        <message>
            <source>Type instead</source>
            <translation>Écrire plutôt</translation>
        </message>
        <message>
            <source>Type instead ({keys})</source>
            <translation>Écrire plutôt ({keys})</translation>
        </message>
        <message>
            <source>Under 200 ms</source>
            <translation>Sous 200 ms</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Unmute it, then speak.</source>
            <translation>Rétablissez-le, puis parlez.</translation>
        </message>
        <message>
            <source>Unmute the microphone</source>
            <translation>Rétablir le micro</translation>
        </message>
        <message>
            <source>Unpin</source>
            <translation>Désépingler</translation>
        </message>
        <message>
            <source>Unplug it and plug it in again; Companion goes on by itself.</source>
            <translation>Débranchez-le et rebranchez-le ; Companion reprend de lui-même.</translation>
        </message>
        <message>
            <source>Unset HF_HUB_OFFLINE and try again.</source>
            <translation>Retirez HF_HUB_OFFLINE et réessayez.</translation>
        </message>
        <message>
            <source>Untitled</source>
            <translation>Sans titre</translation>
        </message>
        <message>
            <source>Update Companion, or choose another model.</source>
            <translation>Mettez Companion à jour, ou choisissez un autre modèle.</translation>
        </message>
        <message>
            <source>Update Companion, or choose another set with: companion models list</source>
            <translation>Mettez Companion à jour, ou choisissez un autre ensemble avec : companion models list</translation>
        </message>
        <message>
            <source>Update Companion, then try again.</source>
            <translation>Mettez Companion à jour, puis réessayez.</translation>
        </message>
        <message>
            <source>Update Companion. If it is up to date, the file is damaged: move {path} elsewhere and start again.</source>
            <translation>Mettez Companion à jour. S’il l’est déjà, le fichier est endommagé : déplacez {path} ailleurs, puis redémarrez.</translation>
        </message>
        <message>
            <source>Use these</source>
            <translation>Utiliser ceux-ci</translation>
        </message>
        <message>
            <source>Versions of Companion, of your system, and of the libraries in use.</source>
            <translation>Les versions de Companion, de votre système et des bibliothèques utilisées.</translation>
        </message>
        <message>
            <source>Voice</source>
            <translation>Voix</translation>
        </message>
        <message>
            <source>Voice detection</source>
            <translation>Détection de voix</translation>
        </message>
        <message>
            <source>Voice synthesis</source>
            <translation>Synthèse de la voix</translation>
        </message>
        <message>
            <source>Volume</source>
            <translation>Volume</translation>
        </message>
        <message>
            <source>Wait for it to end, or stop it, and try again.</source>
            <translation>Attendez qu’il se termine, ou arrêtez-le, puis réessayez.</translation>
        </message>
        <message>
            <source>Waiting for the keys.</source>
            <translation>En attente des touches.</translation>
        </message>
        <message>
            <source>We hear you.</source>
            <translation>Nous vous entendons.</translation>
        </message>
        <message>
            <source>What I understood</source>
            <translation>Ce que j’ai compris</translation>
        </message>
        <message>
            <source>What answers you</source>
            <translation>Ce qui vous répond</translation>
        </message>
        <message>
            <source>What hears, thinks and speaks. Everything is on this computer.</source>
            <translation>Ce qui entend, pense et parle. Tout est sur cet ordinateur.</translation>
        </message>
        <message>
            <source>What is in the file</source>
            <translation>Contenu du fichier</translation>
        </message>
        <message>
            <source>What is on your mind?</source>
            <translation>À quoi pensez-vous ?</translation>
        </message>
        <message>
            <source>What it is told</source>
            <translation>Ses consignes</translation>
        </message>
        <message>
            <source>What it is told, its voice and its speed are forgotten. Conversations are not touched.</source>
            <translation>Ses consignes, sa voix et sa vitesse seront oubliées. Les conversations ne sont pas touchées.</translation>
        </message>
        <message>
            <source>What the program noted of its work: times, codes and sentences of its own.</source>
            <translation>Ce que le programme a noté de son travail : heures, codes et phrases à lui.</translation>
        </message>
        <message>
            <source>What this report is, and the list of its files.</source>
            <translation>Ce qu’est ce rapport, et la liste de ses fichiers.</translation>
        </message>
        <message>
            <source>What to do with this message</source>
            <translation>Que faire de ce message</translation>
        </message>
        <message>
            <source>What was said meanwhile is written when that works again.</source>
            <translation>Ce qui a été dit entre-temps sera écrit dès que cela remarchera.</translation>
        </message>
        <message>
            <source>What worked before is in use again.</source>
            <translation>Ce qui marchait avant est de nouveau utilisé.</translation>
        </message>
        <message>
            <source>What works on this computer, what does not, and how to mend it.</source>
            <translation>Ce qui marche sur cet ordinateur, ce qui ne marche pas, et comment y remédier.</translation>
        </message>
        <message>
            <source>What you said could not be turned into text.</source>
            <translation>Ce que vous avez dit n’a pas pu être transcrit.</translation>
        </message>
        <message>
            <source>What you speak is chosen with the persona or the models.</source>
            <translation>La langue que vous parlez se choisit avec le personnage ou les modèles.</translation>
        </message>
        <message>
            <source>When you begin, the models that understand and answer you are downloaded ({size}) while you do the other steps. It can be paused at any time.</source>
            <translation>Quand vous commencez, les modèles qui vous comprennent et vous répondent sont téléchargés ({size}) pendant que vous faites les autres étapes. Une pause est possible à tout moment.</translation>
        </message>
        <message>
            <source>Where Companion listens and speaks.</source>
            <translation>Où Companion écoute et parle.</translation>
        </message>
        <message>
            <source>Where in the program's code it was when it last crashed, if it ever did.</source>
            <translation>L’endroit du code où le programme s’est arrêté brutalement la dernière fois, si c’est arrivé.</translation>
        </message>
        <message>
            <source>Where they lie</source>
            <translation>Où elles se trouvent</translation>
        </message>
        <message>
            <source>Whole turn</source>
            <translation>Tour entier</translation>
        </message>
        <message>
            <source>Word pieces after which an answer ends in any case.</source>
            <translation>Morceaux de mots après lesquels une réponse finit en tout cas.</translation>
        </message>
        <message>
            <source>Word pieces after which an answer ends with its sentence. 50 are about 12 seconds of speech.</source>
            <translation>Morceaux de mots après lesquels une réponse finit avec sa phrase. 50 font environ 12 secondes de parole.</translation>
        </message>
        <message>
            <source>Word pieces that are kept in mind, 512 or more. Empty: 2048 on a processor, 8192 on a graphics card.</source>
            <translation>Morceaux de mots gardés en mémoire, 512 ou plus. Vide : 2048 sur un processeur, 8192 sur une carte graphique.</translation>
        </message>
        <message>
            <source>Words</source>
            <translation>Mots</translation>
        </message>
        <message>
            <source>Words known: {latency} after you let go</source>
            <translation>Mots connus : {latency} après que vous avez relâché</translation>
        </message>
        <message>
            <source>Words known: {latency} before you let go</source>
            <translation>Mots connus : {latency} avant que vous relâchiez</translation>
        </message>
        <message>
            <source>Write a message</source>
            <translation>Écrire un message</translation>
        </message>
        <message>
            <source>Write every conversation into files that other programs can read.</source>
            <translation>Écrit toutes les conversations dans des fichiers que d’autres programmes savent lire.</translation>
        </message>
        <message>
            <source>Write it like ctrl+space, f9 or alt+shift+k.</source>
            <translation>Écrivez-le comme ctrl+space, f9 ou alt+shift+k.</translation>
        </message>
        <message>
            <source>Written to {file}.</source>
            <translation>Écrit dans {file}.</translation>
        </message>
        <message>
            <source>Yesterday</source>
            <translation>Hier</translation>
        </message>
        <message>
            <source>You</source>
            <translation>Vous</translation>
        </message>
        <message>
            <source>You can talk as soon as everything is loaded.</source>
            <translation>Vous pourrez parler dès que tout sera chargé.</translation>
        </message>
        <message>
            <source>You need not wait here: the download goes on.</source>
            <translation>Inutile d’attendre ici : le téléchargement continue.</translation>
        </message>
        <message>
            <source>You: {words}</source>
            <translation>Vous : {words}</translation>
        </message>
        <message>
            <source>Your Python package index does not have {requirement}, which carries {title}.</source>
            <translation>Votre index des paquets Python n’a pas {requirement}, qui contient {title}.</translation>
        </message>
        <message>
            <source>Your answer is ready</source>
            <translation>Votre réponse est prête</translation>
        </message>
        <message>
            <source>Your first syllable is never lost, because the last moment before you press the key is there already. It is only in memory and is thrown away at once. If this is off, the microphone opens when you press: a little later.</source>
            <translation>Votre première syllabe n’est jamais perdue, car le dernier instant avant l’appui est déjà là. Il n’est qu’en mémoire et jeté aussitôt. Si ceci est désactivé, le micro s’ouvre à l’appui : un peu plus tard.</translation>
        </message>
        <message>
            <source>Your settings, without the names of your personas and without what they are told.</source>
            <translation>Vos paramètres, sans les noms de vos personas et sans leurs consignes.</translation>
        </message>
        <message>
            <source>Your system's own network monitor can: look there for Companion, or for Python. Whatever this program tries by itself is refused all the same.</source>
            <translation>Le moniteur réseau de votre système le peut : cherchez-y Companion, ou Python. Ce que ce programme tente de lui-même est refusé de toute façon.</translation>
        </message>
        <message>
            <source>Your talk key</source>
            <translation>Votre touche pour parler</translation>
        </message>
        <message>
            <source>Your voice</source>
            <translation>Votre voix</translation>
        </message>
        <message>
            <source>Your voice comes in and the answer goes out through the sound server.</source>
            <translation>Votre voix entre et la réponse sort par le serveur de son.</translation>
        </message>
        <message>
            <source>Your words and the answers stay on this computer.</source>
            <translation>Vos paroles et les réponses restent sur cet ordinateur.</translation>
        </message>
        <message>
            <source>Your words appear here as you speak.</source>
            <translation>Vos mots apparaissent ici pendant que vous parlez.</translation>
        </message>
        <message>
            <source>a little late</source>
            <translation>un peu tard</translation>
        </message>
        <message>
            <source>about a minute left</source>
            <translation>encore environ une minute</translation>
        </message>
        <message>
            <source>about {hours} hours left</source>
            <translation>encore environ {hours} heures</translation>
        </message>
        <message>
            <source>about {minutes} minutes left</source>
            <translation>encore environ {minutes} minutes</translation>
        </message>
        <message>
            <source>cut at its longest</source>
            <translation>coupée à sa longueur maximale</translation>
        </message>
        <message>
            <source>dropped: you went on speaking</source>
            <translation>abandonné : vous avez continué à parler</translation>
        </message>
        <message>
            <source>first after a start</source>
            <translation>premier après un démarrage</translation>
        </message>
        <message>
            <source>from {begin} before to {end} after you let go</source>
            <translation>de {begin} avant à {end} après que vous avez relâché</translation>
        </message>
        <message>
            <source>from {begin} to {end} after you let go</source>
            <translation>de {begin} à {end} après que vous avez relâché</translation>
        </message>
        <message>
            <source>from {begin} to {end} before you let go</source>
            <translation>de {begin} à {end} avant que vous relâchiez</translation>
        </message>
        <message>
            <source>in time</source>
            <translation>à temps</translation>
        </message>
        <message>
            <source>is larger than {max_file_bytes} KiB</source>
            <translation>dépasse {max_file_bytes} Kio</translation>
        </message>
        <message>
            <source>is not text in UTF-8</source>
            <translation>n’est pas du texte en UTF-8</translation>
        </message>
        <message>
            <source>is not valid TOML</source>
            <translation>n’est pas du TOML valable</translation>
        </message>
        <message>
            <source>is not valid TOML ({error})</source>
            <translation>n’est pas du TOML valable ({error})</translation>
        </message>
        <message>
            <source>it belongs to another user</source>
            <translation>il appartient à un autre utilisateur</translation>
        </message>
        <message>
            <source>it is a folder</source>
            <translation>c’est un dossier</translation>
        </message>
        <message>
            <source>late</source>
            <translation>en retard</translation>
        </message>
        <message>
            <source>less than a minute left</source>
            <translation>encore moins d’une minute</translation>
        </message>
        <message>
            <source>loudspeaker</source>
            <translation>haut-parleur</translation>
        </message>
        <message>
            <source>microphone</source>
            <translation>micro</translation>
        </message>
        <message>
            <source>no</source>
            <translation>non</translation>
        </message>
        <message>
            <source>none</source>
            <translation>aucun</translation>
        </message>
        <message>
            <source>pip could not fetch {requirement}, which carries {title}: {reason}</source>
            <translation>pip n’a pas pu obtenir {requirement}, qui contient {title} : {reason}</translation>
        </message>
        <message>
            <source>slower</source>
            <translation>plus lent</translation>
        </message>
        <message>
            <source>speaker</source>
            <translation>haut-parleur</translation>
        </message>
        <message>
            <source>speech recognition</source>
            <translation>la reconnaissance vocale</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>arrêtée</translation>
        </message>
        <message>
            <source>the language model</source>
            <translation>le modèle de langage</translation>
        </message>
        <message>
            <source>the voice</source>
            <translation>la voix</translation>
        </message>
        <message>
            <source>under {count}</source>
            <translation>sous {count}</translation>
        </message>
        <message>
            <source>under {count} ms</source>
            <translation>sous {count} ms</translation>
        </message>
        <message>
            <source>voice detection</source>
            <translation>la détection de voix</translation>
        </message>
        <message>
            <source>yes</source>
            <translation>oui</translation>
        </message>
        <message>
            <source>you let go</source>
            <translation>vous relâchez</translation>
        </message>
        <message>
            <source>{clash} is both a set and a model.</source>
            <translation>{clash} est à la fois un ensemble et un modèle.</translation>
        </message>
        <message>
            <source>{count} conversations deleted.</source>
            <translation>{count} conversations supprimées.</translation>
        </message>
        <message>
            <source>{count} ms</source>
            <translation>{count} ms</translation>
        </message>
        <message>
            <source>{count} of {all}</source>
            <translation>{count} sur {all}</translation>
        </message>
        <message>
            <source>{count} pieces, {together} in all, {range}</source>
            <translation>{count} morceaux, {together} en tout, {range}</translation>
        </message>
        <message>
            <source>{count} pieces, {together} in all, {range}, {dropped} dropped</source>
            <translation>{count} morceaux, {together} en tout, {range}, {dropped} abandonnés</translation>
        </message>
        <message>
            <source>{count} tokens a second</source>
            <translation>{count} jetons par seconde</translation>
        </message>
        <message>
            <source>{count}, {dropped} dropped</source>
            <translation>{count}, dont {dropped} abandonnés</translation>
        </message>
        <message>
            <source>{done} of {size}</source>
            <translation>{done} sur {size}</translation>
        </message>
        <message>
            <source>{done} of {size} arrived in an earlier download.</source>
            <translation>{done} sur {size} étaient arrivés lors d’un téléchargement précédent.</translation>
        </message>
        <message>
            <source>{done} of {size} · {speed}/s · {left}</source>
            <translation>{done} sur {size} · {speed}/s · {left}</translation>
        </message>
        <message>
            <source>{hint} What worked before is in use again.</source>
            <translation>{hint} Ce qui marchait avant est de nouveau utilisé.</translation>
        </message>
        <message>
            <source>{kind}, to {far}</source>
            <translation>{kind}, vers {far}</translation>
        </message>
        <message>
            <source>{kind}, waits at {near}</source>
            <translation>{kind}, attend à {near}</translation>
        </message>
        <message>
            <source>{length}, {range}, dropped</source>
            <translation>{length}, {range}, abandonné</translation>
        </message>
        <message>
            <source>{message} Trying the next source.</source>
            <translation>{message} Essai de la source suivante.</translation>
        </message>
        <message>
            <source>{model} · {device}, {count} of {all} layers</source>
            <translation>{model} · {device}, {count} couches sur {all}</translation>
        </message>
        <message>
            <source>{name} (not connected)</source>
            <translation>{name} (débranché)</translation>
        </message>
        <message>
            <source>{name} has no chat template, so it cannot hold a conversation.</source>
            <translation>{name} n’a pas de gabarit de dialogue et ne peut donc pas tenir de conversation.</translation>
        </message>
        <message>
            <source>{name} is damaged, incomplete or of a kind this version of llama.cpp does not know.</source>
            <translation>{name} est endommagé, incomplet ou d’une sorte que cette version de llama.cpp ne connaît pas.</translation>
        </message>
        <message>
            <source>{name} is damaged.</source>
            <translation>{name} est endommagé.</translation>
        </message>
        <message>
            <source>{name} is damaged: what it computes is no numbers.</source>
            <translation>{name} est endommagé : ce qu’il calcule n’est pas des nombres.</translation>
        </message>
        <message>
            <source>{name} is incomplete: its end is missing.</source>
            <translation>{name} est incomplet : il manque la fin du fichier.</translation>
        </message>
        <message>
            <source>{name} is made for {trained} tokens at once, too few for a conversation.</source>
            <translation>{name} est fait pour {trained} jetons à la fois, trop peu pour une conversation.</translation>
        </message>
        <message>
            <source>{name} is not a GGUF file.</source>
            <translation>{name} n’est pas un fichier GGUF.</translation>
        </message>
        <message>
            <source>{name} is not an ONNX model.</source>
            <translation>{name} n’est pas un modèle ONNX.</translation>
        </message>
        <message>
            <source>{name} is not used: llama.cpp was built for the CPU only. Run `make gpu` to build it for the card.</source>
            <translation>{name} n’est pas utilisée : llama.cpp a été compilé pour le processeur seul. Lancez `make gpu` pour le compiler pour la carte.</translation>
        </message>
        <message>
            <source>{name} is of a version of GGUF that Companion cannot read.</source>
            <translation>{name} est d’une version de GGUF que Companion ne sait pas lire.</translation>
        </message>
        <message>
            <source>{name} must be a list of sections, each written [[{name}]]; the default is used.</source>
            <translation>{name} doit être une liste de sections, chacune écrite [[{name}]] ; la valeur par défaut est utilisée.</translation>
        </message>
        <message>
            <source>{name} must be a section, written [{name}]; its defaults are used.</source>
            <translation>{name} doit être une section, écrite [{name}] ; ses valeurs par défaut sont utilisées.</translation>
        </message>
        <message>
            <source>{name} must be {rule}.</source>
            <translation>{name} doit être {rule}.</translation>
        </message>
        <message>
            <source>{name} must be {text}; {key} is used.</source>
            <translation>{name} doit être {text} ; {key} est utilisé.</translation>
        </message>
        <message>
            <source>{parts} and {part}</source>
            <translation>{parts} et {part}</translation>
        </message>
        <message>
            <source>{path} cannot be written: {error}.</source>
            <translation>{path} ne peut pas être écrit : {error}.</translation>
        </message>
        <message>
            <source>{path} cannot be written: {name}.</source>
            <translation>{path} ne peut pas être écrit : {name}.</translation>
        </message>
        <message>
            <source>{path} cannot be written: {reason}.</source>
            <translation>Impossible d’écrire {path} : {reason}.</translation>
        </message>
        <message>
            <source>{problem}; {key} is used.</source>
            <translation>{problem} ; {key} est utilisé.</translation>
        </message>
        <message>
            <source>{reason}. Choose another folder.</source>
            <translation>{reason}. Choisissez un autre dossier.</translation>
        </message>
        <message>
            <source>{repo} no longer publishes the {name} that this version of Companion trusts for {title}.</source>
            <translation>{repo} ne publie plus le fichier {name} auquel cette version de Companion se fie pour {title}.</translation>
        </message>
        <message>
            <source>{share} per cent</source>
            <translation>{share} pour cent</translation>
        </message>
        <message>
            <source>{size} on disk · {memory} of memory</source>
            <translation>{size} sur le disque · {memory} de mémoire</translation>
        </message>
        <message>
            <source>{target} is in use by another program.</source>
            <translation>{target} est utilisé par un autre programme.</translation>
        </message>
        <message>
            <source>{title} comes with the Python package {package}, which is not installed.</source>
            <translation>{title} vient avec le paquet Python {package}, qui n’est pas installé.</translation>
        </message>
        <message>
            <source>{title} is damaged: {path} is not the file it should be.</source>
            <translation>{title} est endommagé : {path} n’est pas le fichier attendu.</translation>
        </message>
        <message>
            <source>{title} is incomplete: {path} is shorter than it should be.</source>
            <translation>{title} est incomplet : {path} est plus court qu’il ne devrait.</translation>
        </message>
        <message>
            <source>{title} is not installed: {path} is missing.</source>
            <translation>{title} n’est pas installé : il manque {path}.</translation>
        </message>
        <message>
            <source>{title}, shown now, {date}</source>
            <translation>{title}, affichée, {date}</translation>
        </message>
        <message>
            <source>{title}: installed and verified.</source>
            <translation>{title} : installé et vérifié.</translation>
        </message>
        <message>
            <source>{voice} (not installed)</source>
            <translation>{voice} (pas installée)</translation>
        </message>
        <message>
            <source>{where} · {count} times</source>
            <translation>{where} · {count} fois</translation>
        </message>
        <message>
            <source>{words} (version {version} of {versions})</source>
            <translation>{words} (version {version} sur {versions})</translation>
        </message>
        <message>
            <source>“Help me plan a quiet Sunday.”</source>
            <translation>« Aide-moi à prévoir un dimanche tranquille. »</translation>
        </message>
        <message>
            <source>“Tell me a story about a lighthouse.”</source>
            <translation>« Raconte-moi une histoire de phare. »</translation>
        </message>
        <message>
            <source>“The lighthouse keeper made a pot of tea and watched the boats come in.”</source>
            <translation>« Le gardien du phare prépara du thé et regarda rentrer les bateaux. »</translation>
        </message>
        <message>
            <source>“Why is the sky blue?”</source>
            <translation>« Pourquoi le ciel est-il bleu ? »</translation>
        </message>
        <message>
            <source>“{typed}” is not a number.</source>
            <translation>« {typed} » n’est pas un nombre.</translation>
        </message>
        <message>
            <source>“{typed}” is not a whole number.</source>
            <translation>« {typed} » n’est pas un nombre entier.</translation>
        </message>
        <message>
            <source>−1 puts all of the language model there; fewer leave room for other programs.</source>
            <translation>−1 y met tout le modèle de langage ; moins laisse de la place à d’autres programmes.</translation>
        </message>
    </context>
</TS>
