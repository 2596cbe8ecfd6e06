/** `headline/fashion-cnn-v2-b1-closed-1/flask-style#3`: the cell and the block. */
export function trialId(cell: string, block: number): string {
  return `${cell}#${block}`;
}
