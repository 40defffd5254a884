package aliyun

// MaxPackages is the documented number of packages that an account can hold.
const MaxPackages = 500
