internal import CCurl
package import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// How a thread waits for its sockets.
package enum SocketWait: CaseIterable, Sendable {
    #if os(Linux)
        /// The kernel keeps the list: a wait costs what happened, not what is watched.
        case epoll
    #endif
    /// The list is handed over for each wait.
    case poll

    package static var best: SocketWait { allCases[0] }

    /// Nobody watches yet.
    package func makeWatch() throws(SystemError) -> any SocketWatch {
        switch self {
        #if os(Linux)
            case .epoll: try EpollWatch()
        #endif
        case .poll: PollWatch()
        }
    }
}

/// Waits until one of several sockets can be read or written; used on one thread.
package protocol SocketWatch: AnyObject {
    /// Watches a socket, or changes what it is watched for.
    func watch(_ socket: Int32, _ interest: SocketInterest)
    /// Watches a socket no more.
    func forget(_ socket: Int32)
    /// Waits so many milliseconds, for ever when negative, and tells what happened.
    func wait(milliseconds: Int32, _ body: (_ socket: Int32, _ ready: SocketInterest) -> Void)
}

/// What is wanted of a socket, or what it is ready for.
package struct SocketInterest: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let reading = SocketInterest(rawValue: CURL_CSELECT_IN)
    package static let writing = SocketInterest(rawValue: CURL_CSELECT_OUT)
    package static let failed = SocketInterest(rawValue: CURL_CSELECT_ERR)
    /// The other side sends no more.
    package static let hungUp = SocketInterest(rawValue: 1 << 16)
}

#if os(Linux)
    /// Sockets watched by epoll(7).
    @safe
    private final class EpollWatch: SocketWatch {
        private let descriptor: Int32
        private var events = unsafe [epoll_event](repeating: epoll_event(), count: 64)

        init() throws(SystemError) {
            descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
            guard descriptor >= 0 else { throw SystemError("epoll_create1", subject: "the event thread") }
        }

        deinit { _ = close(descriptor) }

        func watch(_ socket: Int32, _ interest: SocketInterest) {
            var event = unsafe epoll_event(events: 0, data: epoll_data_t(fd: socket))
            if interest.contains(.reading) { unsafe event.events |= EPOLLIN.rawValue }
            if interest.contains(.writing) { unsafe event.events |= EPOLLOUT.rawValue }
            if interest.contains(.hungUp) { unsafe event.events |= EPOLLRDHUP.rawValue }
            if unsafe epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event) < 0 {
                _ = unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event)
            }
        }

        func forget(_ socket: Int32) { _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil) }

        func wait(milliseconds: Int32, _ body: (Int32, SocketInterest) -> Void) {
            let count = unsafe events.withUnsafeMutableBufferPointer { events in
                unsafe epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)
            }
            for index in 0..<Int(max(count, 0)) {
                let event = unsafe events[index]
                var ready: SocketInterest = []
                if unsafe event.events & EPOLLIN.rawValue != 0 { ready.insert(.reading) }
                if unsafe event.events & EPOLLOUT.rawValue != 0 { ready.insert(.writing) }
                if unsafe event.events & EPOLLRDHUP.rawValue != 0 { ready.insert(.hungUp) }
                if unsafe event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { ready.insert(.failed) }
                body(unsafe event.data.fd, ready)
            }
        }
    }
#endif

/// Sockets watched by poll(2).
private final class PollWatch: SocketWatch {
    private var list: [pollfd] = []

    #if os(Linux)
        /// POLLRDHUP, which Glibc's module leaves out; elsewhere every socket tells that the other side has gone.
        private static let hangUp: Int32 = 0x2000
    #endif

    func watch(_ socket: Int32, _ interest: SocketInterest) {
        forget(socket)
        var events: Int32 = 0
        if interest.contains(.reading) { events |= Int32(POLLIN) }
        if interest.contains(.writing) { events |= Int32(POLLOUT) }
        #if os(Linux)
            if interest.contains(.hungUp) { events |= Self.hangUp }
        #endif
        list.append(pollfd(fd: socket, events: Int16(events), revents: 0))
    }

    func forget(_ socket: Int32) { list.removeAll { $0.fd == socket } }

    func wait(milliseconds: Int32, _ body: (Int32, SocketInterest) -> Void) {
        let count = unsafe list.withUnsafeMutableBufferPointer { list in
            unsafe poll(list.baseAddress, nfds_t(list.count), milliseconds)
        }
        guard count > 0 else { return }
        // The body may change the list.
        for entry in list where entry.revents != 0 {
            var ready: SocketInterest = []
            if Int32(entry.revents) & Int32(POLLIN) != 0 { ready.insert(.reading) }
            if Int32(entry.revents) & Int32(POLLOUT) != 0 { ready.insert(.writing) }
            #if os(Linux)
                if Int32(entry.revents) & Self.hangUp != 0 { ready.insert(.hungUp) }
            #endif
            if Int32(entry.revents) & Int32(POLLERR | POLLHUP | POLLNVAL) != 0 { ready.insert(.failed) }
            body(entry.fd, ready)
        }
    }
}
