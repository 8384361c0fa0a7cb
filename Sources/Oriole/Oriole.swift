// The library that an embedder imports: everything of Oriole under one name.

@_exported public import AudioCore
@_exported public import Audiobooks
@_exported public import Captioning
@_exported public import GLMSpeech
@_exported public import HTTPTransport
@_exported public import OfflineSpeech
@_exported public import Speech
@_exported public import SpeechServer
@_exported public import Subtitles
