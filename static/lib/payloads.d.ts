// Written by ``python -m ui.components.payloads_to_typescript``: change ui/components/payloads/ instead.

/** What a component of ours is called with: its data, its place, and how it answers. */
export interface Component<Data, Answer = {}> {
  data: Data;
  parentElement: any;
  setStateValue<Name extends keyof Answer>(name: Name, value: Answer[Name]): void;
  setTriggerValue<Name extends keyof Answer>(name: Name, value: Answer[Name]): void;
}

export interface Size {
  channels: number;
  height: number;
  width: number;
}

export interface Film {
  run: string;
  epochs: number[];
}

export interface Row {
  label: string;
  note: string;
  alt: string;
  edge: string;
  png: string;
  epochs: number[] | null;
  count: number;
  columns: number;
}

export interface Table {
  n: number;
  u2?: string;
  f4?: string;
  low?: number[];
  high?: number[];
}

export interface Mark {
  name: string;
  colour: "x" | "encoder" | "mean" | "z" | "decoder" | "ink" | "";
  mode: "lines" | "markers";
  walks: boolean;
  places: string[];
  dashed?: boolean;
  title?: string;
  size?: number;
}

export interface PublishData {
  name: string;
  value: any;
}

export interface SelectionData {
  name: string;
  chosen: any;
}

export interface SelectionAnswer {
  picked: any;
}

export interface DotPicked {
  dot?: number;
  group?: string;
}

export interface RefreshData {
  name: string;
  token: string;
}

export interface RefreshAnswer {
  asked: string;
}

export interface SettledEpochData {
  run: string;
  epochs: number[];
  epoch: number;
}

export interface EpochAnswer {
  epoch: number;
}

export interface UrlChoicesData {
  choices: Record<string, string>;
}

export interface BrowserIdAnswer {
  token: string;
}

export interface EpochSliderData {
  run: string;
  epochs: number[];
  losses: number[];
  of: number;
}

export interface EpochWordsData {
  run: string;
  epochs: number[];
  texts: string[];
}

export interface ImageRowsData {
  run: string;
  epochs: number[];
  rows: Row[];
  size: Size;
  follow: boolean;
  version: string;
}

export interface Landmark {
  name: string;
  note: string;
  places: string;
}

export interface DotPictures {
  name: string;
  sheets: string;
  size: Size;
  wide: number;
}

export interface PictureCacheData {
  name: string;
  sheet: number;
  size: Size;
  png: string;
}

export interface SheetAnswer {
  sheet: number;
}

export interface LatentMapHead {
  run: string;
  epochs: number[];
  labels: string;
  names: string[];
  view: string;
  axes: string[];
  range: number[][];
  layout: Record<string, any>;
  trace: Record<string, any>;
  pickable?: boolean;
  pictures?: DotPictures;
  redrawn?: boolean;
  anywhere?: boolean;
  bubbles?: string[] | null;
  landmarks?: Landmark[];
}

export interface LinkedDots {
  channel: string;
  numbers: string;
}

export interface LinkedPictures {
  png: string;
  wide: number;
  size: Size;
}

export interface LatentMapData {
  run: string;
  epochs: number[];
  labels: string;
  names: string[];
  view: string;
  axes: string[];
  range: number[][];
  layout: Record<string, any>;
  trace: Record<string, any>;
  pickable?: boolean;
  pictures?: DotPictures;
  redrawn?: boolean;
  anywhere?: boolean;
  bubbles?: string[] | null;
  landmarks?: Landmark[];
  points: string[];
}

export interface LatentMapSent {
  run: string;
  epochs: number[];
  labels: string;
  names: string[];
  view: string;
  axes: string[];
  range: number[][];
  layout: Record<string, any>;
  trace: Record<string, any>;
  pickable?: boolean;
  pictures?: DotPictures;
  redrawn?: boolean;
  anywhere?: boolean;
  bubbles?: string[] | null;
  landmarks?: Landmark[];
  corners: number[][][];
}

export interface MiniMapData {
  run: string;
  epochs: number[];
  linked?: LinkedDots;
  map?: string;
  points: string[];
  labels: string;
  names: string[];
  range: number[][];
  caption: string;
}

export interface DrawingPadData {
  what: string;
  png: string;
  picture: boolean;
  sum: number;
  refused: number;
  why: string;
  turn?: string;
  by_hand?: boolean;
}

export interface Drawn {
  kind: "pixels" | "picture";
  packed: string;
  sum: number;
}

export interface DrawingPadAnswer {
  drawn: Drawn;
}

export interface Choice {
  drawing: boolean;
  label: number;
  number: number;
}

export interface PickerEnd {
  title: string;
  choice: Choice | null;
  tile: string;
}

export interface PickerClass {
  label: number;
  name: string;
  numbers: number[];
}

export interface ImagePickerData {
  run: string;
  sheet: string;
  size: Size;
  ends: Record<string, PickerEnd>;
  redrawn: boolean;
  classes: PickerClass[];
  own: boolean;
  browse?: string;
}

export interface Picked {
  end: string;
  choice: Choice;
}

export interface ImagePickerAnswer {
  choice: Picked;
}

export interface DiceShape {
  name: string;
  title: string;
  note: string;
}

export interface DiceModel {
  name: string;
  colour: "x" | "encoder" | "mean" | "z" | "decoder" | "ink" | "";
  clear: Record<string, Record<string, number[]>> | null;
}

export interface DiceShapesData {
  run: string;
  epochs: number[];
  shapes: DiceShape[];
  models: DiceModel[];
  chosen: string;
  only: number | null;
  classes: number[];
  names: string[];
  key: string;
  version: string;
}

export interface DiceChoice {
  shape: string;
  only: number | null;
}

export interface DiceShapesAnswer {
  choice: DiceChoice;
}

export interface CurvePanel {
  title: string;
  lines: number[][];
  floor?: number;
}

export interface TwoRunCurvesData {
  panels: CurvePanel[];
  names: string[];
}

export interface MeasuredLine {
  name: string;
  colour: string;
  dashed: boolean;
  xs: number[];
  ys: number[];
  spread: number[];
}

export interface MeasuredChart {
  title: string;
  words: string;
  lines: MeasuredLine[];
}

export interface LongerData {
  charts: MeasuredChart[];
  version: string;
}

export interface TourWay {
  words: string;
  light: string[];
  done: Record<string, any>[];
  when: string;
}

export interface TourKeep {
  name: string;
  selector: string;
  words: string;
  note: string;
}

export interface TourTraining {
  run: string;
  words: string;
  picture: string;
}

export interface TourData {
  door: boolean;
  of: number;
  step?: number;
  title?: string;
  ways?: TourWay[];
  keeps?: TourKeep[];
  training?: TourTraining | null;
  here?: boolean;
}

export interface TourAnswer {
  go: number;
}

export interface LectureTerm {
  text: string;
  colour: "x" | "encoder" | "mean" | "z" | "decoder" | "ink" | "";
  name: string;
}

export interface LectureBeat {
  words: string;
  lights: string[];
}

export interface LectureCode {
  model: string;
  part: string;
  lines: string;
}

export interface LectureScene {
  name: string;
  title: string;
  beats: LectureBeat[];
  formula: LectureTerm[];
  spoken: string;
  shows: string;
  measured: string;
  door: string;
  address: string;
  label: string;
  code: LectureCode | null;
}

export interface LectureDigit {
  name: string;
  image: string;
  mean: number[];
  std: number[];
}

export interface LectureClassic {
  points: string;
  centres: number[][];
  code: number[];
  hole: number[];
  walk: string;
}

export interface LectureBubbles {
  beta: number;
  mean: string;
  logvar: string;
}

export interface LectureForces {
  labels: string;
  ours: number;
  mean: string;
  betas: LectureBubbles[];
}

export interface LectureTraining {
  kept: number[];
  reconstruction: number[];
  kl: number[];
  rebuilt: string;
}

export interface LectureData {
  scenes: LectureScene[];
  size: Size;
  names: string[];
  labels: string;
  means: string;
  logvars: string;
  centres: number[][];
  digit: LectureDigit;
  other: LectureDigit;
  place: number;
  classic: LectureClassic;
  forces: LectureForces;
  rolls: string;
  training: LectureTraining;
}

export interface LectureAnswer {
  go: string;
}

export interface Part {
  colour: string;
  words: string;
  where: string;
  code: string;
}

export interface ScenePicture {
  name: string;
  image: string;
  mean: number[];
  std: number[];
}

export interface SceneData {
  epochs: number[];
  points: string;
  labels: string;
  names: string[];
  reach: number[][];
  film_reach: number[][];
  farthest: number[];
  centres: number[][];
  size: Size;
  pictures: ScenePicture[];
  parts: Record<string, Part>;
}

export interface LossPanel {
  name: string;
  colour: string;
  now: string;
}

export interface LossCurves {
  run: string;
  panels: LossPanel[];
  beta: number;
  n_epochs: number;
  steps: Table;
  tests: Table;
  epochs_shown: number;
}

export interface NetworkBlock {
  sizes: number[];
  label: string;
  colour: "x" | "encoder" | "mean" | "z" | "decoder" | "ink" | "";
  beside?: boolean;
}

export interface PresetCard {
  name: string;
  label: string;
  sentence: string;
  time: string;
  captions?: string[];
  film?: string;
  size?: Size;
  model?: string;
}

export interface PresetCardsData {
  cards: PresetCard[];
  columns: number;
  rows: number;
  chosen: string;
}

export interface PresetCardsAnswer {
  chosen: string;
}

export interface NetworkDiagramData {
  blocks: NetworkBlock[];
  label: string;
}

export interface ProgressData {
  run: string;
}

export interface LossCurvesData {
  run: string;
  panels: LossPanel[];
  beta: number;
  n_epochs: number;
  steps: Table;
  tests: Table;
  epochs_shown: number;
  progress: number;
  facts: string;
  turns: Record<string, string>;
}

export interface BirthFilm {
  times: number[];
  rebuilt: string;
  samples: string;
  plane: string;
  points: string[];
  windows: number[][][];
}

export interface BirthData {
  run: string;
  epochs: number[];
  live: boolean;
  of: number;
  latent_dim: number;
  names: string[];
  labels: string;
  shown: string;
  originals: string;
  copies: number;
  samples: number;
  size: Size;
  seen: Size;
  tile: Size;
  side: number;
  film: BirthFilm | null;
  version: string;
}

export interface BirthMoment {
  name: string;
  epoch: number;
  step: number;
  rebuilt: string;
  samples: string;
  plane: string;
  points: string;
  window: number[][] | null;
}

export interface RunFiguresData {
  run: string;
  epochs: number[];
  in_use: number;
  is_vae: boolean;
  use: number[][];
  loss: number[];
  separation: number[];
  classes: number;
  pixels: number | null;
}

export interface CodeChartData {
  run: string;
  epochs: number[];
  latent_dim: number;
  mean: string;
  std: string | null;
  reach: number;
}

export interface GridData {
  run: string;
  epochs: number[];
  size: Size;
  classes: number;
  count: number;
  columns: number;
  seed: number;
  spread: number;
  png: string;
  version: string;
}

export interface Nearest {
  png: string;
  places: number[];
  classes: string[];
  away: number[];
  of: number;
  learned: boolean;
  copies: number;
  typical: number[];
}

export interface StoryData {
  run: string;
  epochs: number[];
  size: Size;
  count: number;
  chosen: number | null;
  classic: boolean;
  farther: string;
  order: string;
  kinds: string;
  names: string[];
  around: number;
  nearest: Nearest | null;
  real: number;
  version: string;
  grid?: string;
}

export interface CodeFrame {
  shift: string;
  scale: string;
}

export interface KnobsData {
  run: string;
  epochs: number[];
  shift: string;
  scale: string;
  size: Size;
  order: number[];
  steps: number[];
  latent_dim: number;
  film: string;
  use: string;
  in_use: number;
  dead: string;
  classic: boolean;
  starts: string;
  place: number | null;
  offered: [number, string][];
  pictures: string;
  version: string;
}

export interface KnobsAnswer {
  start: number;
}

export interface PlaneData {
  run: string;
  epochs: number[];
  shift: string;
  scale: string;
  side: number;
  size: Size;
  film: string;
  axes: number[][];
  even: boolean;
  classic: boolean;
  version: string;
}

export interface WalkData {
  run: string;
  epochs: number[];
  shift: string;
  scale: string;
  size: Size;
  waves: number;
  latent_dim: number;
  coefficients: string;
  seed: number;
  version: string;
}

export interface PlayerData {
  run: string;
  epochs: number[];
  rows: Row[];
  size: Size;
  frames: number;
  film: number;
  autoplay: boolean;
  version: string;
}

export interface LengthsData {
  run: string;
  epochs: number[];
  way: string;
  usual: [number, number, number][];
  frames: number;
  along: Record<string, string>;
  texts: string[];
}

export interface UnusualView {
  counts: number[];
  low: number;
  high: number;
  mine: number;
  text: string;
}

export interface UnusualData {
  run: string;
  epochs: number[];
  of: number;
  thing: string;
  views: UnusualView[];
}

export interface WhenSeenAnswer {
  wanted: number;
}

export interface CodesMap {
  run: string;
  title: string;
  points: string;
  labels: string;
  centres: [number, number, string][];
  range: number[][];
  gap: number;
  wide: number;
  far: number;
  hole: number[];
  start: number[];
  decoder: string;
}

export interface AutoencoderData {
  maps: CodesMap[];
  names: string[];
  dice: string;
  version: string;
}

export interface Sheet {
  title: string;
  note: string;
  alt: string;
  png: string;
  colour: "x" | "encoder" | "mean" | "z" | "decoder" | "ink" | "";
  clear: number[] | null;
}

export interface HundredData {
  sheets: Sheet[];
  count: number;
  size: Size;
  version: string;
}

export interface PcaRow {
  label: string;
  note: string;
  alt: string;
  edge: string;
  png: string;
}

export interface PcaModel {
  title: string;
  numbers: number;
  error: number;
  needs: number;
  colour: "x" | "encoder" | "mean" | "z" | "decoder" | "ink" | "";
  below: boolean;
}

export interface PcaData {
  rows: PcaRow[];
  count: number;
  size: Size;
  names: string[];
  basis: string;
  codes: string;
  errors: number[];
  models: PcaModel[];
  start: number;
  chosen: number;
  version: string;
}

export interface BubblePanel {
  run: string;
  title: string;
  beta: number;
  reach: number;
  shapes: number[][];
  labels: string;
  epochs: number[];
}

export interface BubbleModel {
  run: string;
  title: string;
  beta: number;
  turn: number[];
  means: string;
  logvars: string;
  on_mean: string;
  on_logvar: string;
  decoder: string;
  known: number;
}

export interface BubbleSceneData {
  models: BubbleModel[];
  start: number;
  names: string[];
  labels: string;
  size: Size;
  redrawn: boolean;
  reach: number;
  about: string;
  version: string;
}

export interface BubbleSceneAnswer {
  wanted: number;
}

export interface MeasuredGap {
  gap: number;
  error: number;
  pictures: number;
}

export interface SettlingModel {
  run: string;
  title: string;
  latent_dim: number;
  beta: number;
  reconstruction: "bce" | "mse";
  means: string;
  logvars: string;
  decoder: string;
  measured: MeasuredGap | null;
}

export interface SettlingData {
  models: SettlingModel[];
  pictures: string;
  names: string[];
  size: Size;
  thing: string;
  start: number;
  version: string;
}

export interface SettlingAnswer {
  wanted: number;
}

export interface TwoSpacesData {
  names: string[];
  labels: string;
  size: Size;
  share: number;
  start: number;
  pictures: string;
  copies: string;
  classics: string;
  inputs: string;
  outputs: string;
  sheet: string;
  codes: string;
  means: string;
  stds: string;
  noise: string;
  reach: number;
  lines: number;
  fine: number;
  version: string;
}

export interface LogVarianceData {
  variances: number[];
  error: number[];
  beta: number;
  version: string;
}

export interface ShapesData {
  version: string;
}

export interface BubblesData {
  panels: BubblePanel[];
  epochs: number[];
  size: number;
  names: string[];
  version: string;
}

export interface NoiseData {
  run: string;
  names: string[];
  pictures: string;
  mean: string;
  std: string;
  eps: string;
  loss: string;
  slope: string;
  points: string;
  labels: string;
  range: number[][];
  decoder: string;
  redrawn: boolean;
  version: string;
}

export interface PictureAnswer {
  label: string;
  alt: string;
  png: string;
}

export interface PictureAnswersData {
  answers: PictureAnswer[];
  columns: number;
  size: Size;
  chosen: number | null;
  shown?: boolean;
  version: string;
}

export interface PictureAnswersAnswer {
  choice: number;
}

export interface GlossaryLinksData {
  asked: string | null;
}

export interface GlossaryLinksAnswer {
  term: string;
}

export interface PixelData {
  version: string;
}

export interface DamageData {
  run: string;
  classes: number;
  names: string[];
  pictures: string;
  mean: string;
  pure_mean: string;
  decoder: string;
  redrawn: boolean;
  version: string;
}

export interface SplitLoss {
  floor: number;
  total: number;
}

export interface FloorBar {
  label: string;
  grey: SplitLoss;
  pure: SplitLoss;
}

export interface FloorData {
  bars: FloorBar[];
  version: string;
}

export interface BoundAnswer {
  wanted: number;
}

export interface BoundData {
  run: string;
  count: number;
  rolls: number;
  wanted: number | null;
  draws: number[];
  average: number[];
  single: number[][];
  floor: number;
  picture: string;
  size: Size;
  version: string;
}

export interface PenaltyData {
  run: string;
  pictures: number;
  variance: number[];
  spread: number[];
  square: number[];
  version: string;
}

export interface Stop {
  run: string;
  beta: number;
  reconstruction: number;
  kl: number;
  rebuilt: string;
  invented: string;
}

export interface TradeoffData {
  stops: Stop[];
  floor: number;
  version: string;
}

export interface Letter {
  stream: string;
  number: number;
  kind: string;
  items: any[];
}

export interface SentPicture {
  class_name: string;
  source: string;
  name: string;
  picture: string;
}

export interface LettersRead {
  stream: string;
  done: number;
}

export interface StudioData {
  stream: string;
  done: number;
  set: string;
  token: string;
  count: number;
  classes: string[];
  taken: number;
  skipped: [string, string][];
  skipped_count: number;
  uploads: number;
  largest: number;
  trouble: string;
}

export interface StudioAnswer {
  letter: Letter;
}

export interface ClassCard {
  name: string;
  count: number;
  ids: number[];
  at: number;
}

export interface CardsData {
  stream: string;
  done: number;
  set: string;
  token: string;
  classes: ClassCard[];
  heap: boolean;
  sheet: string;
  tile: number;
  wide: number;
  open: number;
  page: number;
  per_page: number;
  undo: string;
}

export interface CardsAnswer {
  letter: Letter;
}

export interface SeenData {
  stream: string;
  done: number;
  set: string;
  token: string;
  pairs: string;
  pair_tile: number;
  pair_count: number;
  sheet: string;
  tile: number;
  wide: number;
  ids: number[];
  names: string[];
  labels: number[];
  empty: number[];
  doubles: number[][];
  page: number;
  pages: number;
  total: number;
  varied: string;
  varied_wide: number;
  varied_high: number;
}

export interface SeenAnswer {
  letter: Letter;
}

export interface ReportMap {
  points: string[];
  labels: string;
  names: string[];
  axes: string[];
  range: number[][];
  opacity: number;
}

export interface EmbedSheet {
  rows: Row[];
  size: Size;
  frames: number;
  lines: boolean;
  back: boolean;
}

export interface EmbedData {
  title: string;
  note: string;
  says: string[];
  sheet: EmbedSheet | null;
  map: ReportMap | null;
}

export interface ReportData {
  title: string;
  epochs: number[];
  summary: string;
  settings: string[][];
  curves: LossCurves;
  windows: number[][];
  map: ReportMap;
  rows: Row[];
  samples: Row;
  morph: Row | null;
  size: Size;
  made: string;
}

export interface SeatKept {
  room: string;
  teacher: string;
}

export interface SeatKeep {
  room: string;
  teacher: string;
  left: string;
  number: string;
}

export interface SeatLine {
  code: string;
  teacher: boolean;
  name: string;
  follows: boolean;
  room: boolean;
  doing: boolean;
  joins: boolean;
  trouble: string;
}

export interface SeatData {
  ask: boolean;
  keep: SeatKeep | null;
  line: SeatLine | null;
  place: Record<string, string> | null;
  tell: boolean;
}

export interface SeatKnown {
  room: string;
  teacher: string;
  token: string;
}

export interface SeatPlace {
  page: string;
  choices: Record<string, string>;
}

export interface SeatAct {
  what: "leave" | "follow" | "roam" | "room";
}

export interface SeatAnswer {
  seat: SeatKnown;
  place: SeatPlace;
  act: SeatAct;
}

export interface ClassPerson {
  id: number;
  name: string;
  hidden: boolean;
  out: boolean;
  here: boolean;
}

export interface ClassPeopleData {
  people: ClassPerson[];
  chosen: number | null;
  note?: string;
}

export interface ClassPeopleAnswer {
  pupil: number;
}

export interface ClassDrawing {
  id: number;
  x: number;
  y: number;
  words: string;
}

export interface ClassMapData {
  points: string;
  labels: string;
  names: string[];
  label: number | null;
  range: number[][];
  drawings: ClassDrawing[];
  png: string;
  columns: number;
  size: Size;
  chosen: number | null;
  version: string;
}

export interface ClassMapAnswer {
  drawing: number;
}
