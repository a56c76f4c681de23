"""The engine: one thread that owns all state, fed by one inbox.

It takes commands from the user interface and messages from the workers, asks the turn machine what to do, and does
it. It reads the microphone and feeds the speaker on a tick while a turn is active; otherwise it sleeps in its inbox.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

from companion.engine import commands as cmd
from companion.engine import effects as fx
from companion.engine import events as ev
from companion.engine.account import account
from companion.engine.config import EngineConfig
from companion.engine.conversation import Conversation
from companion.engine.errors import CompanionError
from companion.engine.events import EngineState, Event, ProblemReported
from companion.engine.hearing import Hearing
from companion.engine.inbox import Inbox, Message
from companion.engine.messages import ConversationTrimmed, JobFailed, ModelLoaded, ModelLoadFailed, Prefilled, Role
from companion.engine.monitor import MicrophoneMonitor
from companion.engine.orders import order
from companion.engine.pace import ACTIVE_TICK_S, IDLE_TICK_S, LEVEL_EVERY_S, WAKE_AFTER_S
from companion.engine.parts import Parts
from companion.engine.playback import Playback
from companion.engine.recital import SPEECH, Recital
from companion.engine.samples import peak_dbfs
from companion.engine.sentences import Diction
from companion.engine.signals import CaptureLost, PlaybackDrained, PlaybackHeard, Tick
from companion.engine.sleep import SleepWatch
from companion.engine.sound import Sound
from companion.engine.stages import Stages
from companion.engine.surprise import log_surprise, logged, surprise
from companion.engine.titles import TITLES, Titles
from companion.engine.trace import TurnTrace
from companion.engine.turn import TurnMachine
from companion.engine.watchdog import EXCHANGED, Watchdog

_log = logging.getLogger(__name__)


class Engine:
    """Listens, thinks and speaks.

    Args:
        config: checked configuration; the engine reads no file and no environment itself.
        parts: how to make models and devices.
        on_event: takes every event, on the engine thread; must not block. What it raises is logged.
        clock: monotonic seconds; the same clock as the devices'.
    """

    def __init__(
        self,
        config: EngineConfig,
        parts: Parts,
        on_event: Callable[[Event], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._config = config
        self._wanted: EngineConfig | None = None  # from the next turn on
        self._on_event, self._clock = on_event, clock
        self._inbox = Inbox(SleepWatch())
        self._thread = threading.Thread(target=self._run, name="engine")
        self._machine = TurnMachine(config.turn)
        self._conversation = Conversation(config.llm.system_prompt)
        self._stages = Stages(parts, self._inbox.put)
        self._hearing = Hearing(parts.detector)
        self._sound = Sound(
            config.audio,
            make_microphone=parts.microphone,
            make_speaker=parts.speaker,
            rescan=parts.rescan,
            publish=self._publish,
            clock=clock,
        )
        self._playback = Playback(self._sound.speaker, volume=config.audio.volume)
        self._recital = Recital(self._stages, self._inbox.put, self._publish)
        self._monitor = MicrophoneMonitor(self._sound, self._hearing, self._publish, self._stages)
        self._watchdog = Watchdog()
        self._titles = Titles(self._stages, self._publish)
        self._trace = TurnTrace(0)
        self._answered = 0
        self._next_level_s = 0.0
        self._begun_s = self._rested_s = clock()
        self._closing = False

    # -- from any thread

    def start(self) -> None:
        """Start the engine thread; it loads everything and publishes `EngineReady` or `EngineFailed`."""
        self._thread.start()

    def post(self, command: cmd.Command) -> None:
        """Ask for something. Never blocks."""
        self._inbox.put(command)

    def close(self, timeout_s: float) -> bool:
        """Ask the engine to end and wait for it; returns whether it did within `timeout_s`."""
        if self._thread.ident is None:
            return True
        self._inbox.put(cmd.Shutdown())
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- the engine thread

    def _run(self) -> None:
        self._begun_s = self._clock()
        try:
            self._load(self._config)
            self._loop()
        finally:
            with logged("engine, closing"):
                self._do(self._machine.suspend(EngineState.CLOSED, self._clock()))
            with logged("engine, closing the devices"):
                self._sound.close()
            if stuck := self._stages.close():
                _log.error("workers that did not end: %s", ", ".join(role.value for role in stuck))
            self._publish(ev.EngineClosed())

    def _loop(self) -> None:
        last_tick_s = 0.0
        while not self._closing:
            active = self._machine.state.in_turn or self._recital.active or self._monitor.active
            message = self._inbox.get(ACTIVE_TICK_S if active else IDLE_TICK_S)
            try:
                if message is not None:
                    self._receive(message)
                now_s = self._clock()
                if now_s - last_tick_s >= ACTIVE_TICK_S / 2:
                    last_tick_s = now_s
                    self._tick(now_s)
            except Exception as error:  # noqa: BLE001 - a bug or a device's surprise ends the turn, not the engine
                self._recover(error)

    def _recover(self, error: Exception) -> None:
        """End the turn with what nobody foresaw, and go on; the user is told even if there is no turn."""
        log_surprise("engine", error)
        shown = surprise(error)
        with logged("engine, recovering"):
            self._do(self._machine.fail(shown, self._clock()) or [fx.Publish(event=ProblemReported(error=shown))])
            self._recital.stop(shown)

    def _publish(self, event: Event) -> None:
        with logged("on_event"):
            self._on_event(event)

    def _receive(self, message: Message) -> None:
        now_s = self._clock()
        if isinstance(message, SPEECH) and self._machine.state is EngineState.SPEAKING:
            self._do(self._machine.handle(cmd.StopSpeaking(), now_s))
        state = self._machine.state
        taken = self._titles.take(message, state) or self._monitor.take(message, state, now_s)
        if taken or self._recital.take(message, state, self._follow_speaker()):
            return
        self._trace.message(message)
        match message:
            case cmd.Shutdown():
                self._closing = True
            case cmd.ReopenAudio():
                self._reopen_audio(self._config, now_s)
            case cmd.Wake():
                self._wake(now_s)
            case cmd.MuteMicrophone():
                # What is being said is dropped, what was said is answered.
                ended = cmd.StopSpeaking() if self._machine.state is EngineState.LISTENING else CaptureLost()
                self._do(self._machine.handle(ended, now_s) if message.on else [])
                self._sound.mute(message.on)
            case cmd.ApplyConfig():
                self._apply(message.config, now_s)
            case ModelLoaded() | ModelLoadFailed() | Prefilled() | ConversationTrimmed():
                self._prepared(message, now_s)
            case JobFailed(role=Role.LLM) if self._machine.state is EngineState.INITIALIZING:
                self._primed(now_s)  # the first turn is slower then, or fails and says why
            case _ if not isinstance(message, (cmd.MonitorMicrophone, *SPEECH, *TITLES)):
                if self._machine.capturing and not isinstance(message, cmd.PressToTalk):
                    self._listen(now_s)  # what was said before the message counts as said before it
                self._do(self._machine.handle(message, now_s))

    def _tick(self, now_s: float) -> None:
        state = self._machine.state
        idle = state is EngineState.IDLE and not self._recital.active
        self._sound.poll(idle=idle, capturing=self._machine.capturing)
        self._recital.tick(self._follow_speaker())
        self._monitor.tick(state, now_s)
        if stuck := self._watchdog.look(self._stages.workers, now_s):
            self._exchange(*stuck, now_s)
        if not self._machine.state.in_turn:
            return
        if self._machine.capturing:
            self._listen(now_s)
            if self._sound.deaf:
                self._do(self._machine.handle(CaptureLost(error=self._sound.microphone_problem), now_s))
        self._speak(now_s)
        self._do(self._machine.handle(Tick(ahead_s=self._playback.ahead_s), now_s))

    # -- listening

    def _listen(self, now_s: float) -> None:
        samples, utterance = self._hearing.hear(self._sound.microphone, now_s), self._hearing.utterance
        if utterance is None or not len(samples):
            return
        for news in utterance.feed(samples):
            self._trace.voice(news, now_s - utterance.silence_s)
            self._do(self._machine.handle(news, now_s))
        self._trace.utterance_s = utterance.seconds
        if self._machine.state is EngineState.LISTENING and now_s >= self._next_level_s:
            self._next_level_s = now_s + LEVEL_EVERY_S
            level = ev.InputLevelChanged(turn_id=self._trace.turn_id, dbfs=peak_dbfs(samples), voice=utterance.voicing)
            self._publish(level)

    def _begin_capture(self, effect: fx.BeginCapture) -> None:
        self._sound.open_microphone()
        self._hearing.begin(self._sound.microphone, self._config, self._clock(), resume=effect.resume)

    # -- speaking

    def _follow_speaker(self) -> Playback:
        """Play on the speaker that there is now, what is under way included."""
        if self._playback.speaker is not self._sound.speaker:
            self._playback.move_to(self._sound.speaker)
        return self._playback

    def _speak(self, now_s: float) -> None:
        playback, trace = self._playback, self._trace
        playback.pump()
        if trace.heard_s is None and (heard_s := playback.first_sound_s()) is not None:
            self._publish(trace.heard(heard_s))
            self._do(self._machine.handle(PlaybackHeard(), now_s))
        if trace.heard_s is not None and (caption := playback.advanced()):
            self._publish(ev.PlaybackAdvanced(turn_id=trace.turn_id, heard=caption))
        if playback.drained:
            self._do(self._machine.handle(PlaybackDrained(), now_s))

    # -- effects

    def _do(self, effects: Iterable[fx.Effect]) -> None:
        """Carry out all of them: what one raises is raised when the last is done, for the machine counts on each."""
        failure: Exception | None = None
        for effect in effects:
            try:
                self._trace.effect(effect, self._clock())
                self._carry_out(effect)
            except Exception as error:  # noqa: BLE001 - raised below
                failure = failure or error
        self._sound.speaker.expect_more(self._machine.awaiting_sound)
        if failure is not None:
            raise failure

    def _carry_out(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Play():
                self._playback.add(effect.sound)
            case fx.Publish():
                self._publish(effect.event)
            case fx.FinishTurn():
                self._finish(effect)
            case fx.BeginCapture():
                if not effect.resume:
                    self._begin_turn(effect.turn_id, typed=False)
                    if self._clock() - self._rested_s > WAKE_AFTER_S:
                        self._stages.wake(self._machine.idle_draft)
                self._begin_capture(effect)
            case fx.EndCapture():
                self._hearing.end(self._clock())
                self._sound.release_microphone()
            case fx.ResetConversation():
                self._conversation = Conversation(self._config.llm.system_prompt, effect.messages)
            case fx.BeginTyped():
                self._begin_turn(effect.turn_id, typed=True)
            case _:
                order(effect, self._stages, self._hearing, self._conversation)

    def _begin_turn(self, turn_id: int, *, typed: bool) -> None:
        self._trace = TurnTrace(turn_id, typed=typed, first_of_session=self._answered == 0)
        self._hearing.utterance = None
        self._follow_speaker()
        self._playback.begin()

    def _finish(self, finish: fx.FinishTurn) -> None:
        if finish.reason == "silence":
            finish = replace(finish, reason=self._hearing.silence)
        heard = self._playback.told
        with logged("engine, falling silent"):
            heard = max(heard, self._playback.stop())
        heard = len(finish.reply) if finish.outcome == "completed" else heard
        recorded = finish.recorded and bool(finish.user_text)
        if recorded:
            self._conversation.commit(finish.user_text, finish.reply[:heard])
        self._rested_s = self._clock()
        self._answered += self._trace.heard_s is not None
        self._publish(finish.event(heard, account(self._trace, finish, self._rested_s, self._playback)))
        if recorded and self._hearing.utterance is not None:
            self._recital.words.keep(finish.turn_id, self._hearing.utterance.spoken(), finish.user_text)
        self._adopt()

    # -- loading

    def _load(self, config: EngineConfig) -> None:
        """Load what `config` changed and what failed before; ends in `_primed`, or in `EngineFailed`."""
        if error := self._hearing.load(config):
            self._publish(ev.EngineFailed(role=Role.VAD, error=error))
            return
        for event in self._stages.load(config):
            self._publish(event)
        if not self._stages.loading:
            self._prime()

    def _prepared(self, message: ModelLoaded | ModelLoadFailed | Prefilled | ConversationTrimmed, now_s: float) -> None:
        match message:
            case ModelLoaded():
                self._loaded(message)
            case ModelLoadFailed() if self._stages.fail_load(message.role):
                self._publish(ev.EngineFailed(role=message.role, error=message.error))
            case Prefilled() if self._machine.state is EngineState.INITIALIZING:
                self._primed(now_s)
            case ConversationTrimmed() if self._conversation.messages == message.before:
                self._conversation = Conversation(self._config.llm.system_prompt, message.after)

    def _loaded(self, message: ModelLoaded) -> None:
        if not self._stages.finish_load(message.role):
            return
        self._publish(ev.ModelLoadFinished(role=message.role, seconds=message.seconds, placement=message.placement))
        if not self._stages.loading:
            self._prime()  # first: whatever the devices do, it ends in `_primed`
        if message.role is Role.TTS:
            voice = self._stages.voice
            self._machine.diction, self._recital.language = Diction(voice.language, voice.joins), voice.language
            self._sound.open(voice.rate_hz)

    def _exchange(self, role: Role, error: CompanionError, now_s: float) -> None:
        """End the turn, whose words are kept as far as they are known, and load a stage that is stuck again."""
        _log.error("the %s stage is loaded again: %s", role.value, error.code)
        self._begun_s = now_s
        self._do([*self._machine.fail(error, now_s), *self._machine.suspend(EngineState.INITIALIZING, now_s)])
        self._recital.stop(error)
        self._publish(ProblemReported(error=error))
        self._publish(self._stages.replace(role))

    def _prime(self) -> None:
        """Bring the KV cache to where the next question will begin; the engine is ready when it is there."""
        self._stages.tidy_up(self._machine.idle_draft, self._conversation)

    def _primed(self, now_s: float) -> None:
        if not self._stages.loading:
            self._do(self._machine.ready(now_s))
            for code in EXCHANGED:
                self._publish(ev.ProblemResolved(code=code))
            self._publish(ev.EngineReady(seconds=now_s - self._begun_s))

    def _apply(self, config: EngineConfig, now_s: float) -> None:
        """Sound is exchanged at once, models in the turn's place; all else waits for its end."""
        old, self._config = self._config.audio, replace(self._config, audio=config.audio)
        self._playback.volume = config.audio.volume
        self._wanted = config
        if old != replace(config.audio, volume=old.volume):
            self._reopen_audio(config, now_s)
        loads = self._hearing.to_load(config) or bool(self._stages.to_load(config))
        if loads:
            self._begun_s = now_s
            self._do(self._machine.suspend(EngineState.INITIALIZING, now_s))  # first: `load` waits for running jobs
        if not self._machine.state.in_turn:
            self._adopt()
        if loads:
            self._load(config)

    def _adopt(self) -> None:
        """Between two turns: use the configuration that was given meanwhile, if any."""
        if (wanted := self._wanted) is None:
            return
        old, self._config, self._wanted = self._config, wanted, None
        self._machine.config = wanted.turn
        self._stages.retune(self._machine.idle_draft, wanted)
        if old.llm.system_prompt != wanted.llm.system_prompt:
            self._conversation = Conversation(wanted.llm.system_prompt, self._conversation.messages)
            if not self._stages.loading:
                self._prime()

    def _reopen_audio(self, config: EngineConfig, now_s: float) -> None:
        """Exchange the devices. What was said so far is answered on the new ones; what sounds is cut off."""
        if capturing := self._machine.capturing:
            self._listen(now_s)
        else:
            self._do(self._machine.handle(cmd.StopSpeaking(), now_s))
        self._sound.reopen(config.audio)
        self._follow_speaker()
        if capturing:
            self._do(self._machine.handle(CaptureLost(), now_s))

    def _wake(self, now_s: float) -> None:
        """The machine slept: nobody holds the key any more or waits for an answer; devices and caches are stale."""
        _log.info("the machine slept")
        self._do(self._machine.handle(cmd.StopSpeaking(), now_s))
        self._reopen_audio(self._config, now_s)
        if self._machine.state is not EngineState.INITIALIZING:
            self._stages.wake(self._machine.idle_draft)
            self._prime()
