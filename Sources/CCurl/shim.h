#include <curl/curl.h>

// What the event thread waits with; Glibc's own module leaves this header out.
#if defined(__linux__)
#include <sys/epoll.h>
#endif

// libcurl's setters and getters take variable arguments, which Swift cannot call: one here for each type of argument.

typedef size_t (*oriole_curl_data)(char *bytes, size_t size, size_t count, void *user);

static inline CURLcode oriole_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode oriole_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode oriole_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode oriole_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode oriole_curl_set_callback(CURL *easy, CURLoption option, oriole_curl_data value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode oriole_curl_get_number(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode oriole_curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode oriole_curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode oriole_curl_get_socket(CURL *easy, CURLINFO info, curl_socket_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode oriole_curl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode oriole_curl_on_socket(CURLM *multi, curl_socket_callback callback, void *user) {
    CURLMcode status = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return status ? status : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, user);
}

static inline CURLMcode oriole_curl_on_timer(CURLM *multi, curl_multi_timer_callback callback, void *user) {
    CURLMcode status = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return status ? status : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, user);
}

/// The transfer that a message says has ended, and how.
static inline CURL *oriole_curl_next_ended(CURLM *multi, CURLcode *result) {
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));)
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    return NULL;
}

// The version that runs, behind a macro that Swift does not see.
static inline const char *oriole_curl_version(void) { return curl_version_info(CURLVERSION_NOW)->version; }
