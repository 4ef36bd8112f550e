#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

// curl.h hides the variadic functions behind checking macros; parentheses reach the functions themselves.
#define FUNCTIONS(BIND) \
    BIND(curl_global_init) \
    BIND(curl_easy_init) \
    BIND(curl_easy_reset) \
    BIND(curl_easy_cleanup) \
    BIND(curl_easy_setopt) \
    BIND(curl_easy_pause) \
    BIND(curl_easy_getinfo) \
    BIND(curl_easy_strerror) \
    BIND(curl_slist_append) \
    BIND(curl_slist_free_all) \
    BIND(curl_multi_init) \
    BIND(curl_multi_cleanup) \
    BIND(curl_multi_add_handle) \
    BIND(curl_multi_remove_handle) \
    BIND(curl_multi_perform) \
    BIND(curl_multi_poll) \
    BIND(curl_multi_info_read) \
    BIND(curl_multi_strerror)

static struct {
#define DECLARE(name) __typeof__(&(name)) name;
    FUNCTIONS(DECLARE)
#undef DECLARE
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure;
static atomic_bool loaded;

static void load(void) {
    // The flavours of Debian differ in their TLS library only.
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *library = NULL;
    for (size_t index = 0; library == NULL && index < sizeof names / sizeof *names; index++)
        library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        failure = "libcurl.so.4 is not installed";
        return;
    }
#define BIND(name) \
    curl.name = (__typeof__(curl.name))dlsym(library, #name); \
    if (curl.name == NULL) { \
        failure = "libcurl.so.4 lacks " #name; \
        return; \
    }
    FUNCTIONS(BIND)
#undef BIND
    if ((curl.curl_global_init)(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        failure = "libcurl does not initialise";
        return;
    }
    atomic_store(&loaded, true);
}

const char *amx_curl_load(void) {
    pthread_once(&once, load);
    return failure;
}

bool amx_curl_is_loaded(void) { return atomic_load(&loaded); }

CURL *amx_curl_easy_init(void) { return curl.curl_easy_init(); }
void amx_curl_easy_reset(CURL *easy) { curl.curl_easy_reset(easy); }
void amx_curl_easy_cleanup(CURL *easy) { curl.curl_easy_cleanup(easy); }

CURLcode amx_curl_set_long(CURL *easy, CURLoption option, long value) {
    return (curl.curl_easy_setopt)(easy, option, value);
}
CURLcode amx_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl.curl_easy_setopt)(easy, option, value);
}
CURLcode amx_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl.curl_easy_setopt)(easy, option, value);
}
CURLcode amx_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl.curl_easy_setopt)(easy, option, value);
}
CURLcode amx_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl.curl_easy_setopt)(easy, option, value);
}
CURLcode amx_curl_set_data_callback(CURL *easy, CURLoption option, amx_curl_data_callback value) {
    return (curl.curl_easy_setopt)(easy, option, value);
}
const char *amx_curl_redirection(CURL *easy) {
    char *address = NULL;
    CURLcode code = (curl.curl_easy_getinfo)(easy, CURLINFO_REDIRECT_URL, &address);
    return code == CURLE_OK ? address : NULL;
}
CURLcode amx_curl_pause(CURL *easy, int bits) { return curl.curl_easy_pause(easy, bits); }
const char *amx_curl_text(CURLcode code) { return curl.curl_easy_strerror(code); }

struct curl_slist *amx_curl_list_append(struct curl_slist *list, const char *text) {
    return curl.curl_slist_append(list, text);
}
void amx_curl_list_free(struct curl_slist *list) { curl.curl_slist_free_all(list); }

CURLM *amx_curl_multi_init(void) { return curl.curl_multi_init(); }
void amx_curl_multi_cleanup(CURLM *multi) { curl.curl_multi_cleanup(multi); }
CURLMcode amx_curl_multi_add(CURLM *multi, CURL *easy) { return curl.curl_multi_add_handle(multi, easy); }
CURLMcode amx_curl_multi_remove(CURLM *multi, CURL *easy) { return curl.curl_multi_remove_handle(multi, easy); }
CURLMcode amx_curl_multi_perform(CURLM *multi, int *running) { return curl.curl_multi_perform(multi, running); }
CURLMcode amx_curl_multi_poll(CURLM *multi, int milliseconds) {
    return curl.curl_multi_poll(multi, NULL, 0, milliseconds, NULL);
}
bool amx_curl_multi_result(CURLM *multi, CURL *easy, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl.curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE && message->easy_handle == easy) {
            *result = message->data.result;
            return true;
        }
    }
    return false;
}
const char *amx_curl_multi_text(CURLMcode code) { return curl.curl_multi_strerror(code); }
