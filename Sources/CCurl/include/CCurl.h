#pragma once
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

// libcurl's calls that Amx needs, each bound with dlopen and dlsym at the first amx_curl_load: linking libcurl costs a
// start-up of 7 ms that most commands would pay for nothing. Swift imports no variadic functions, hence one setter for
// each kind of argument. Nothing here may be called before amx_curl_load has returned NULL.

/// Loads libcurl once for the process; any thread. Returns NULL, or why it failed (a text that lives on).
const char *amx_curl_load(void);

/// Whether amx_curl_load has run in this process.
bool amx_curl_is_loaded(void);

typedef size_t (*amx_curl_data_callback)(char *data, size_t size, size_t count, void *context);

CURL *amx_curl_easy_init(void);
void amx_curl_easy_reset(CURL *easy);
void amx_curl_easy_cleanup(CURL *easy);
CURLcode amx_curl_set_long(CURL *easy, CURLoption option, long value);
CURLcode amx_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
/// libcurl copies the text, except for CURLOPT_POSTFIELDS.
CURLcode amx_curl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode amx_curl_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode amx_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode amx_curl_set_data_callback(CURL *easy, CURLoption option, amx_curl_data_callback value);
/// Where the answer of a transfer that has ended sends to, as an absolute address; NULL where it does not. It lives until the next transfer.
const char *amx_curl_redirection(CURL *easy);
CURLcode amx_curl_pause(CURL *easy, int bits);
const char *amx_curl_text(CURLcode code);

struct curl_slist *amx_curl_list_append(struct curl_slist *list, const char *text);
void amx_curl_list_free(struct curl_slist *list);

CURLM *amx_curl_multi_init(void);
void amx_curl_multi_cleanup(CURLM *multi);
CURLMcode amx_curl_multi_add(CURLM *multi, CURL *easy);
CURLMcode amx_curl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode amx_curl_multi_perform(CURLM *multi, int *running);
CURLMcode amx_curl_multi_poll(CURLM *multi, int milliseconds);
/// Whether the transfer of `easy` has ended; if so, `result` is how.
bool amx_curl_multi_result(CURLM *multi, CURL *easy, CURLcode *result);
const char *amx_curl_multi_text(CURLMcode code);
