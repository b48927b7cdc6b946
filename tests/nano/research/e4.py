# from the base e3_adam: MATH and JA variants, cheap
from lab import *
b=torch.load(sys.argv[1]); tag=sys.argv[2]
cfg=json.loads(sys.argv[3]) # dict(jl,js,ml,ms,freeze)
fz=tuple(cfg.get("freeze",()))
t=time.time()
j=train(b,JA,cfg["js"],cfg["jl"],3,tokens=800,log=100,freeze=fz,anchor=cfg.get("anchor",0)); torch.save(j,f"{tag}_ja.pt"); report(j,"ja"); print(time.time()-t)
m=train(b,MATH,cfg["ms"],cfg["ml"],2,tokens=800,log=100,freeze=fz,anchor=cfg.get("anchor",0)); torch.save(m,f"{tag}_math.pt"); report(m,"math"); print(time.time()-t)
for wm,wj in ((.5,.5),(.75,.75),(1,1),(1,.6),(.6,1),(1.3,1.3)): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")
dm=torch.cat([(m[k]-b[k]).flatten() for k in b]); dj=torch.cat([(j[k]-b[k]).flatten() for k in b])
print("norms",dm.norm().item(),dj.norm().item(),"cos",F.cosine_similarity(dm,dj,dim=0).item())
