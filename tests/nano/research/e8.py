from lab2 import *
tag=sys.argv[1]; c=json.loads(sys.argv[2]); b=torch.load(c["base"])
fz=tuple(c.get("freeze",()))
if "ja" in c: j=torch.load(c["ja"])
else: j=train(b,with_replay(JAP,c["jrep"]),c["js"],c["jl"],3,tokens=800,log=100,freeze=fz); torch.save(j,f"{tag}_ja.pt"); report(j,"ja")
s={"1":MATHP,"2":MATHP2}[c["mix"]]
m=train(b,with_replay(s,c["mrep"]),c["ms"],c["ml"],2,tokens=800,log=200,freeze=fz); torch.save(m,f"{tag}_math.pt"); report(m,"math")
for wm,wj in ((1,1),(.5,.5),(.75,.75),(1,.6),(.6,1)): report(add(b,(wm,m),(wj,j)),f"M{wm} J{wj}")
dm=torch.cat([(m[k]-b[k]).flatten() for k in b]); dj=torch.cat([(j[k]-b[k]).flatten() for k in b])
print("norms",dm.norm().item(),dj.norm().item(),"cos",F.cosine_similarity(dm,dj,dim=0).item())
