/** At most about `limit` points: of each slice the lowest and the highest stay, so no spike is lost. Points are in order of x. */
export function thinOut<T extends { readonly y: number }>(points: readonly T[], limit: number): readonly T[] {
  if (points.length <= limit) return points;
  const slices = Math.max(1, Math.floor(limit / 2));
  return Array.from({ length: slices }, (_, slice) => {
    const members = points.slice(
      Math.floor((slice * points.length) / slices),
      Math.floor(((slice + 1) * points.length) / slices),
    );
    const [first] = members;
    if (first === undefined) return [];
    let lowest = first;
    let highest = first;
    for (const point of members) {
      if (point.y < lowest.y) lowest = point;
      if (point.y > highest.y) highest = point;
    }
    if (lowest === highest) return [lowest];
    return members.indexOf(lowest) < members.indexOf(highest) ? [lowest, highest] : [highest, lowest];
  }).flat();
}
