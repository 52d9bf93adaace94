var c=t=>Object.fromEntries(Object.entries(t).flatMap(([n,r])=>Object.entries(r).map(([e,o])=>[n?`${n}.${e}`:e,o])));export{c as a};
