async function l(t){let e=[],n="";for(;n!==null;){let r=await t(n);e.push(...r.items),n=r.next}return e}export{l as a};
