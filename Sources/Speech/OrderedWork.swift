/// Work on many things, some at once, whose results are taken in order.
package enum OrderedWork {
    /// Does all of it; nothing of it outlives the call.
    ///
    /// As many as are allowed are worked on, however long the first of them takes; results wait for those before them, so that they
    /// should be small.
    /// When something fails, nothing more is begun, and what is on its way is waited for, so that none of it is lost.
    package static func run<Item: Sendable, Output: Sendable>(
        on items: [Item], atOnce: Int, _ work: @escaping @Sendable (Item) async throws(RemoteError) -> Output,
        taking take: (Item, Output) async throws(RemoteError) -> Void
    ) async throws(RemoteError) {
        let results = OrderedResults<Output>()
        let outcome: Result<Void, RemoteError> = await withTaskGroup { group in
            group.addTask { await begin(items, atOnce, work, results) }
            do throws(RemoteError) {
                for item in items {
                    guard let output = try await results.next() else { break }
                    try await take(item, output)
                }
                return .success(())
            } catch {
                results.fail(error)
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private static func begin<Item: Sendable, Output: Sendable>(
        _ items: [Item], _ atOnce: Int, _ work: @escaping @Sendable (Item) async throws(RemoteError) -> Output,
        _ results: OrderedResults<Output>
    ) async {
        let held = RequestGate(limit: atOnce)
        await withTaskGroup { group in
            for (index, item) in items.enumerated() {
                guard let place = try? await held.enter(), !results.isFailing else { break }
                group.addTask {
                    defer { place.leave() }
                    do throws(RemoteError) {
                        results.add(try await work(item), at: index)
                    } catch {
                        results.fail(error)
                    }
                }
            }
        }
        if Task.isCancelled { results.fail(RemoteError(.cancelled, "the task was cancelled")) }
        results.end()
    }
}
