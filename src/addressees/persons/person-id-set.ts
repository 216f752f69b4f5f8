const blockBits = 13;
const blockSize = 1 << blockBits;

/** A set of our person ids that costs a bit each where they lie close together, so that millions fit. */
export class PersonIdSet {
  private readonly blocks = new Map<number, Uint8Array>();

  add(id: number): void {
    const at = Math.floor(id / blockSize);
    let block = this.blocks.get(at);
    if (block === undefined) {
      block = new Uint8Array(blockSize / 8);
      this.blocks.set(at, block);
    }
    const bit = id % blockSize;
    block[bit >>> 3] = (block[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  has(id: number): boolean {
    const bit = id % blockSize;
    const byte = this.blocks.get(Math.floor(id / blockSize))?.[bit >>> 3] ?? 0;
    return (byte & (1 << (bit & 7))) !== 0;
  }
}
