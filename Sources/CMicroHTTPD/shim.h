#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

// libmicrohttpd's starter and getters take variable arguments, which Swift cannot call.

/// Decodes percents where they stand, but for a NUL, at which every reader of the text would stop.
static inline size_t oriole_mhd_unescape(void *user, struct MHD_Connection *connection, char *text) {
    (void)user;
    (void)connection;
    size_t length = strlen(text), end = 0;
    for (size_t place = 0; place < length; place++) {
        char digits[3] = {0}, *rest;
        if (text[place] == '%' && place + 2 < length) memcpy(digits, text + place + 1, 2);
        long value = strtol(digits, &rest, 16);
        int is_byte = rest == digits + 2 && digits[0] != '-' && digits[0] != '+' && digits[0] != ' ' && value > 0;
        text[end++] = is_byte ? (char)value : text[place];
        if (is_byte) place += 2;
    }
    text[end] = 0;
    return end;
}

/// Starts a thread that serves what comes to a socket that listens.
static inline struct MHD_Daemon *oriole_mhd_start(
    MHD_socket listener, unsigned connections, size_t pool, unsigned idle, MHD_AccessHandlerCallback answer,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected, void *user) {
#if defined(__linux__)
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE;
#else
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE;
#endif
    return MHD_start_daemon(
        flags, 0, NULL, NULL, answer, user,
        MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, pool,
        MHD_OPTION_CONNECTION_TIMEOUT, idle,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, oriole_mhd_unescape, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, completed, user,
        MHD_OPTION_NOTIFY_CONNECTION, connected, user,
        MHD_OPTION_END);
}

static inline MHD_socket oriole_mhd_socket(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static inline const struct sockaddr *oriole_mhd_client(struct MHD_Connection *connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static inline struct MHD_Response *oriole_mhd_response(
    uint64_t size, size_t block, MHD_ContentReaderCallback read, void *user, MHD_ContentReaderFreeCallback release) {
    return MHD_create_response_from_callback(size, block, read, user, release);
}

/// Gives a connection back on which something else was spoken.
static inline enum MHD_Result oriole_mhd_end_upgrade(struct MHD_UpgradeResponseHandle *handle) {
    return MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

// Constants behind macros with casts, which Swift does not see.
static const uint64_t oriole_mhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t oriole_mhd_end = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t oriole_mhd_failed = MHD_CONTENT_READER_END_WITH_ERROR;

/// What the callback for new connections left with this one.
static inline void *oriole_mhd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : 0;
}
