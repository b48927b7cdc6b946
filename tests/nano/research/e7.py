from lab2 import *
tag=sys.argv[1]; c=json.loads(sys.argv[2])
if "base" in c: b=torch.load(c["base"])
else:
    b=train(init(0),BASE2,c["bs"],3e-3,1,tokens=800,wd=.05,log=200); torch.save(b,f"{tag}_base.pt"); report(b,"base")
    xs=t_max(); o=generate(b,[[BOS]+enc(q) for q,a in xs]); print("max/min",sum(y==a for y,(q,a) in zip(o,xs))/len(xs))
j=train(b,with_replay(JAP,c["jrep"]),c["js"],c["jl"],3,tokens=800,log=100,freeze=tuple(c.get("freeze",())),anchor=c.get("anchor",0)); torch.save(j,f"{tag}_ja.pt"); report(j,"ja")
m=train(b,with_replay(MATHP,c["mrep"]),c["ms"],c["ml"],2,tokens=800,log=200,freeze=tuple(c.get("freeze",())),anchor=c.get("anchor",0)); torch.save(m,f"{tag}_math.pt"); report(m,"math")
for wm,wj in ((.5,.5),(.75,.75),(1,1),(1,.6),(.6,1)): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")
dm=torch.cat([(m[k]-b[k]).flatten() for k in b]); dj=torch.cat([(j[k]-b[k]).flatten() for k in b])
print("norms",dm.norm().item(),dj.norm().item(),"cos",F.cosine_similarity(dm,dj,dim=0).item())
