#include <microhttpd.h>

// libmicrohttpd's starter and getters take variable arguments, which Swift cannot call.

/// Starts a thread that serves what comes to a socket that listens.
static inline struct MHD_Daemon *oriole_mhd_start(
    MHD_socket listener, unsigned connections, size_t pool, unsigned idle, MHD_AccessHandlerCallback answer,
    MHD_RequestCompletedCallback completed, MHD_NotifyConnectionCallback connected, void *user) {
#if defined(__linux__)
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
#else
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
#endif
    return MHD_start_daemon(
        flags, 0, NULL, NULL, answer, user,
        MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, pool,
        MHD_OPTION_CONNECTION_TIMEOUT, idle,
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

// Constants behind macros with casts, which Swift does not see.
static const uint64_t oriole_mhd_size_unknown = MHD_SIZE_UNKNOWN;
static const ssize_t oriole_mhd_end = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t oriole_mhd_failed = MHD_CONTENT_READER_END_WITH_ERROR;

/// What the callback for new connections left with this one.
static inline void *oriole_mhd_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : 0;
}
