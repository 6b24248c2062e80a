// The parameters of the Crane Meta CNI plug-in's configuration, in both generations of its schema.
import { type Static, Type } from 'typebox'

const overrideOf = (more: object = {}) =>
  Type.Object(
    {
      containerID: Type.Optional(Type.String({ description: 'The id by which the plug-ins know the container.' })),
      netns: Type.Optional(Type.String({ description: "The path of the container's network namespace." })),
      cniPath: Type.Optional(Type.String({ description: 'Where plug-ins look for further ones.' })),
      args: Type.Optional(
        Type.Array(Type.String(), { description: 'Edits of CNI_ARGS: `KEY=value` sets, `-KEY` drops.' }),
      ),
      envs: Type.Optional(Type.Array(Type.String(), { description: 'Edits of the environment, written alike.' })),
      ...more,
    },
    { additionalProperties: false, description: 'What is changed of what the runtime hands on.' },
  )

const Delegate = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Left out: the type.' })),
    conf: Type.Intersect(
      [
        Type.Object({
          type: Type.String({
            description: "The plug-in's file name.",
            pattern: '^[A-Za-z0-9._-]+$',
            errorMessage: 'must be a file name',
          }),
        }),
        Type.Record(Type.String(), Type.Unknown()),
      ],
      { description: "The plug-in's own configuration, handed on as it is." },
    ),
    confFromArgs: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'In G2, keys of conf that follow the device: `$gres.device`, `$gres.index`, `$args.KEY`.',
      }),
    ),
    runtimeOverride: Type.Optional(overrideOf()),
  },
  { additionalProperties: false },
)

const Pipeline = Type.Object(
  {
    name: Type.String({ minLength: 1, description: 'For a template, the key of the GRES.' }),
    ifName: Type.Optional(Type.String({ description: 'The interface.' })),
    ifNamePrefix: Type.Optional(
      Type.String({ description: 'For a template: one interface for each device of the GRES.' }),
    ),
    runtimeOverride: Type.Optional(overrideOf()),
    delegates: Type.Array(Delegate, { minItems: 1, description: 'The plug-ins in turn for the interface.' }),
  },
  { additionalProperties: false },
)

/** The schema of the configuration's keys, to spread into a task type's parameters; `checkMetaCni` checks the rest. */
export const metaCniParams = {
  generation: Type.Optional(
    Type.Union([Type.Literal('G3'), Type.Literal('G2'), Type.Literal('G1')], {
      description: 'The schema: G1 for builds of Meta CNI before 24 March 2026, G2 before 29 April 2026, G3 since.',
      default: 'G3',
    }),
  ),
  name: Type.Optional(Type.String({ description: "The network's name.", minLength: 1, default: 'crane-meta' })),
  type: Type.Optional(
    Type.String({
      description: 'The file name under which the Meta CNI plug-in is installed.',
      pattern: '^[A-Za-z0-9._-]+$',
      errorMessage: 'must be a file name',
      default: 'crane-meta',
    }),
  ),
  cniVersion: Type.Optional(
    Type.String({
      description: 'The version of the CNI specification.',
      pattern: '^\\d+\\.\\d+\\.\\d+$',
      errorMessage: 'must be a version such as 1.0.0',
      default: '1.0.0',
    }),
  ),
  logLevel: Type.Optional(
    Type.Union([Type.Literal('trace'), Type.Literal('debug'), Type.Literal('info')], {
      description: 'How much the plug-in logs.',
      default: 'info',
    }),
  ),
  timeoutSeconds: Type.Optional(
    Type.Integer({
      description: 'For all pipelines together; 0: none. CraneSched itself gives up after 5 seconds.',
      minimum: 0,
      default: 4,
    }),
  ),
  capabilities: Type.Optional(
    Type.Record(Type.String(), Type.Boolean(), {
      description: 'What the runtime passes to the plug-ins. Left out: what the delegates need.',
    }),
  ),
  // Only here may the interface be named: a pipeline names its own.
  runtimeOverride: Type.Optional(
    overrideOf({ ifName: Type.Optional(Type.String({ description: 'The name of the interface.' })) }),
  ),
  delegates: Type.Optional(
    Type.Array(Delegate, {
      description: 'The plug-ins in turn for the one interface eth0, each given the result of the one before.',
      minItems: 1,
    }),
  ),
  pipelines: Type.Optional(
    Type.Array(Pipeline, { description: 'In place of delegates, for several interfaces (G3).', minItems: 1 }),
  ),
  resultMode: Type.Optional(
    Type.Union([Type.Literal('none'), Type.Literal('chained'), Type.Literal('merged')], {
      description: 'How results of delegates are joined (G1).',
      default: 'chained',
    }),
  ),
}

const Whole = Type.Object(metaCniParams)
/** Parameters that the schema accepts. */
export type MetaCni = Static<typeof Whole>
export type DelegateSpec = Static<typeof Delegate>
export type PipelineSpec = Static<typeof Pipeline>
