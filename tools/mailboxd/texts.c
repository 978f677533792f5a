#include "tools/mailboxd/texts.h"

#include <string.h>
#include <strings.h>

struct language {
  const char *tag, *name;
  const char *texts[TEXT_COUNT];
};

static const struct language kLanguages[] = {
    {"en",
     "English",
     {
         [TEXT_READY] = "mailboxd ready",
         [TEXT_BYE] = "Bye",
         [TEXT_DELETIONS_FAILED] = "Some deleted messages were not removed",
         [TEXT_LISTING] = "Listing follows",
         [TEXT_TOP] = "Top of message follows",
         [TEXT_DELETED] = "Message deleted",
         [TEXT_RESET] = "Nothing is marked as deleted now",
         [TEXT_NOTHING] = "Nothing done",
         [TEXT_SEND_PASS] = "Send PASS",
         [TEXT_LOGGED_IN] = "Maildrop locked and ready",
         [TEXT_UTF8_ON] = "UTF8 enabled",
         [TEXT_LANGUAGE_SET] = "Language is English now",
         [TEXT_UNKNOWN_COMMAND] = "Unknown command",
         [TEXT_WRONG_STATE] = "Not now: wrong state for this command",
         [TEXT_BAD_ARGUMENT] = "Wrong arguments",
         [TEXT_LINE_TOO_LONG] = "Command line too long",
         [TEXT_BAD_OCTET] = "Control character, bare CR or bare LF in command",
         [TEXT_TOO_MANY_BAD] = "Too many bad commands",
         [TEXT_TOO_MANY_CONNECTIONS] = "Too many connections, try again later",
         [TEXT_NO_SUCH_MESSAGE] = "No such message",
         [TEXT_IS_DELETED] = "Message is deleted",
         [TEXT_MESSAGE_UNREADABLE] = "Message cannot be read now",
         [TEXT_NO_MEMORY] = "Out of memory",
         [TEXT_USER_FIRST] = "Send USER first",
         [TEXT_WRONG_PASSWORD] = "Wrong user name or password",
         [TEXT_RPOP_REFUSED] = "You are not trusted without a password",
         [TEXT_MAILDROP_IN_USE] = "Maildrop is in use by another session",
         [TEXT_MAILDROP_TEMP] = "Maildrop cannot be opened now",
         [TEXT_MAILDROP_PERM] = "Maildrop cannot be opened",
         [TEXT_TOO_SOON] = "Too soon after the last login",
         [TEXT_NO_MECHANISM] = "No such authentication mechanism",
         [TEXT_CANCELLED] = "Authentication cancelled",
         [TEXT_NOT_BASE64] = "This is not base64",
         [TEXT_UNKNOWN_LANGUAGE] = "Language not known",
         [TEXT_BEGIN_TLS] = "Begin TLS now",
         [TEXT_TLS_ALREADY] = "TLS is in use already",
         [TEXT_TLS_REFUSED] = "TLS is not available now",
         [TEXT_TLS_FIRST] = "Not without TLS: send STLS first",
         [TEXT_SENT_BEHIND_STLS] = "Nothing may be sent behind STLS before TLS",
     }},
    {"de",
     "Deutsch",
     {
         [TEXT_READY] = "mailboxd bereit",
         [TEXT_BYE] = "Auf Wiedersehen",
         [TEXT_DELETIONS_FAILED] = "Einige gelöschte Nachrichten wurden nicht entfernt",
         [TEXT_LISTING] = "Es folgt die Liste",
         [TEXT_TOP] = "Es folgt der Anfang der Nachricht",
         [TEXT_DELETED] = "Nachricht gelöscht",
         [TEXT_RESET] = "Nichts ist mehr als gelöscht markiert",
         [TEXT_NOTHING] = "Nichts getan",
         [TEXT_SEND_PASS] = "Bitte PASS senden",
         [TEXT_LOGGED_IN] = "Postfach gesperrt und bereit",
         [TEXT_UTF8_ON] = "UTF8 eingeschaltet",
         [TEXT_LANGUAGE_SET] = "Die Sprache ist jetzt Deutsch",
         [TEXT_UNKNOWN_COMMAND] = "Unbekannter Befehl",
         [TEXT_WRONG_STATE] = "Jetzt nicht: falscher Zustand für diesen Befehl",
         [TEXT_BAD_ARGUMENT] = "Falsche Argumente",
         [TEXT_LINE_TOO_LONG] = "Befehlszeile zu lang",
         [TEXT_BAD_OCTET] = "Steuerzeichen, einzelnes CR oder LF im Befehl",
         [TEXT_TOO_MANY_BAD] = "Zu viele falsche Befehle",
         [TEXT_TOO_MANY_CONNECTIONS] = "Zu viele Verbindungen, bitte später",
         [TEXT_NO_SUCH_MESSAGE] = "Diese Nachricht gibt es nicht",
         [TEXT_IS_DELETED] = "Die Nachricht ist gelöscht",
         [TEXT_MESSAGE_UNREADABLE] = "Die Nachricht ist jetzt nicht lesbar",
         [TEXT_NO_MEMORY] = "Kein Speicher mehr",
         [TEXT_USER_FIRST] = "Bitte zuerst USER senden",
         [TEXT_WRONG_PASSWORD] = "Falscher Name oder falsches Passwort",
         [TEXT_RPOP_REFUSED] = "Ohne Passwort nicht vertrauenswürdig",
         [TEXT_MAILDROP_IN_USE] = "Das Postfach ist in einer anderen Sitzung geöffnet",
         [TEXT_MAILDROP_TEMP] = "Das Postfach lässt sich jetzt nicht öffnen",
         [TEXT_MAILDROP_PERM] = "Das Postfach lässt sich nicht öffnen",
         [TEXT_TOO_SOON] = "Zu bald nach der letzten Anmeldung",
         [TEXT_NO_MECHANISM] = "Dieses Anmeldeverfahren gibt es nicht",
         [TEXT_CANCELLED] = "Anmeldung abgebrochen",
         [TEXT_NOT_BASE64] = "Das ist nicht base64",
         [TEXT_UNKNOWN_LANGUAGE] = "Sprache unbekannt",
         [TEXT_BEGIN_TLS] = "Jetzt mit TLS beginnen",
         [TEXT_TLS_ALREADY] = "TLS wird schon benutzt",
         [TEXT_TLS_REFUSED] = "TLS ist jetzt nicht verfügbar",
         [TEXT_TLS_FIRST] = "Nicht ohne TLS: bitte zuerst STLS senden",
         [TEXT_SENT_BEHIND_STLS] = "Hinter STLS darf vor TLS nichts gesendet werden",
     }},
    {"fr",
     "Français",
     {
         [TEXT_READY] = "mailboxd prêt",
         [TEXT_BYE] = "Au revoir",
         [TEXT_DELETIONS_FAILED] = "Des messages effacés n'ont pas été retirés",
         [TEXT_LISTING] = "Voici la liste",
         [TEXT_TOP] = "Voici le début du message",
         [TEXT_DELETED] = "Message effacé",
         [TEXT_RESET] = "Plus rien n'est marqué comme effacé",
         [TEXT_NOTHING] = "Rien n'a été fait",
         [TEXT_SEND_PASS] = "Envoyez PASS",
         [TEXT_LOGGED_IN] = "Boîte verrouillée et prête",
         [TEXT_UTF8_ON] = "UTF8 activé",
         [TEXT_LANGUAGE_SET] = "La langue est maintenant le français",
         [TEXT_UNKNOWN_COMMAND] = "Commande inconnue",
         [TEXT_WRONG_STATE] = "Pas maintenant : mauvais état pour cette commande",
         [TEXT_BAD_ARGUMENT] = "Arguments incorrects",
         [TEXT_LINE_TOO_LONG] = "Ligne de commande trop longue",
         [TEXT_BAD_OCTET] = "Caractère de contrôle, CR ou LF isolé dans la commande",
         [TEXT_TOO_MANY_BAD] = "Trop de commandes incorrectes",
         [TEXT_TOO_MANY_CONNECTIONS] = "Trop de connexions, essayez plus tard",
         [TEXT_NO_SUCH_MESSAGE] = "Ce message n'existe pas",
         [TEXT_IS_DELETED] = "Le message est effacé",
         [TEXT_MESSAGE_UNREADABLE] = "Le message est illisible pour l'instant",
         [TEXT_NO_MEMORY] = "Mémoire épuisée",
         [TEXT_USER_FIRST] = "Envoyez d'abord USER",
         [TEXT_WRONG_PASSWORD] = "Nom ou mot de passe incorrect",
         [TEXT_RPOP_REFUSED] = "Pas de confiance sans mot de passe",
         [TEXT_MAILDROP_IN_USE] = "Boîte utilisée par une autre session",
         [TEXT_MAILDROP_TEMP] = "La boîte ne peut pas être ouverte maintenant",
         [TEXT_MAILDROP_PERM] = "La boîte ne peut pas être ouverte",
         [TEXT_TOO_SOON] = "Trop tôt après la dernière connexion",
         [TEXT_NO_MECHANISM] = "Mécanisme d'authentification inconnu",
         [TEXT_CANCELLED] = "Authentification annulée",
         [TEXT_NOT_BASE64] = "Ce n'est pas du base64",
         [TEXT_UNKNOWN_LANGUAGE] = "Langue inconnue",
         [TEXT_BEGIN_TLS] = "Commencez TLS maintenant",
         [TEXT_TLS_ALREADY] = "TLS est déjà utilisé",
         [TEXT_TLS_REFUSED] = "TLS n'est pas disponible maintenant",
         [TEXT_TLS_FIRST] = "Pas sans TLS : envoyez d'abord STLS",
         [TEXT_SENT_BEHIND_STLS] = "Rien ne peut suivre STLS avant TLS",
     }},
};

const char *texts_get(uint32_t language, enum text text) {
  return kLanguages[language].texts[text];
}

int texts_find(const char *tag, size_t tag_len, uint32_t *out_language) {
  if (tag_len == 1 && tag[0] == '*') {
    *out_language = 0;
    return 1;
  }
  for (uint32_t i = 0; i < texts_count(); i++) {
    size_t len = strlen(kLanguages[i].tag);
    if (tag_len >= len && strncasecmp(tag, kLanguages[i].tag, len) == 0 &&
        (tag_len == len || tag[len] == '-')) {
      *out_language = i;
      return 1;
    }
  }
  return 0;
}

uint32_t texts_count(void) { return sizeof(kLanguages) / sizeof(kLanguages[0]); }

const char *texts_tag(uint32_t language) { return kLanguages[language].tag; }

const char *texts_name(uint32_t language) { return kLanguages[language].name; }
