// The library that an embedder imports: everything of Oriole under one name.

@_exported public import AudioCore
