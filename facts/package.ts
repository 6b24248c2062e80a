// facts.package: the version of a package.
import { defineFact, PackageName, packageState, Type } from 'crane-play/task'

export default defineFact({
  name: 'package',
  summary: 'A package: whether it is installed, and which version. The same probe as of installPackage.',
  key: 'the name of a package',
  keyType: PackageName(),
  type: Type.Object({ installed: Type.Boolean(), version: Type.String() }),
  probe: (name) => packageState(name),
  read: ({ version }) => ({ installed: version !== null, version: version ?? '' }),
})
