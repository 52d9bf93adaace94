import{c as r,d as s}from"./part-5REHLB27.js";function n(e){let[o,c]=r("");return s(()=>{let t=URL.createObjectURL(e);return c(t),()=>URL.revokeObjectURL(t)},[e]),o}export{n as a};
