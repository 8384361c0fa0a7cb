internal import Synchronization

/// The filters of the process: each is made when it is first needed and kept.
enum FilterCache {
    /// What a filter depends on: its layout is that of the kernels.
    private struct Key: Hashable {
        let ratio: RateRatio
        let level: SIMDLevel
    }

    private static let overlapSave = Mutex<[Key: OverlapSaveFilter]>([:])
    private static let polyphase = Mutex<[Key: PolyphaseFilter]>([:])

    /// The sharp filter by transforms.
    static func overlapSave(_ ratio: RateRatio, kernels: Kernels) -> OverlapSaveFilter {
        overlapSave.withLock { cache in
            let key = Key(ratio: ratio, level: kernels.level)
            if let filter = cache[key] { return filter }
            let filter = OverlapSaveFilter(ratio: ratio, kernels: kernels)
            cache[key] = filter
            return filter
        }
    }

    /// The sharp filter as a direct one.
    static func polyphase(_ ratio: RateRatio, kernels: Kernels) -> PolyphaseFilter {
        polyphase.withLock { cache in
            let key = Key(ratio: ratio, level: kernels.level)
            if let filter = cache[key] { return filter }
            let filter = PolyphaseFilter(ratio: ratio, lanes: kernels.polyphaseLanes)
            cache[key] = filter
            return filter
        }
    }
}
