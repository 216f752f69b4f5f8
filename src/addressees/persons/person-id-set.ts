/** How many ids a block of bits covers. */
export const idsPerBlock = 65_536;

const nobody = new Uint8Array(idsPerBlock / 8);

/** A set of our person ids that costs a bit each where they lie close together, so that millions fit. */
export class PersonIdSet {
  private readonly blocks = new Map<number, Uint8Array>();

  add(id: number): void {
    const at = Math.floor(id / idsPerBlock);
    let block = this.blocks.get(at);
    if (block === undefined) {
      block = new Uint8Array(idsPerBlock / 8);
      this.blocks.set(at, block);
    }
    const bit = id % idsPerBlock;
    block[bit >>> 3] = (block[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  has(id: number): boolean {
    const bit = id % idsPerBlock;
    return ((this.blockOf(id)[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  /** The bits of the block that holds this id, lowest id first, as PostgreSQL's get_bit counts them. */
  blockOf(id: number): Uint8Array {
    return this.blocks.get(Math.floor(id / idsPerBlock)) ?? nobody;
  }
}
