//! Graft's plain C face, the part of it that a strategy with a step needs: graft/abi.h and graft/tensor_table.h, member by member, as
//! SDK 1.0 has them. What later ones append stands behind; a plugin that names no more than this is for hosts of 1.0 and newer.
#![allow(dead_code)]
use std::ffi::{c_char, c_void};

pub type Tensor = *mut c_void;
pub type Batch = *mut c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub union Value {
    pub i: i64,
    pub d: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Number {
    pub tag: i32,
    pub value: Value,
}

#[repr(C)]
pub struct Argument {
    pub tag: i32,
    pub count: i64,
    pub value: Value,
}

pub const INT: i32 = 1;
pub const FLOAT: i32 = 2;

type Unary = unsafe extern "C" fn(Tensor) -> Tensor;
type Binary = unsafe extern "C" fn(Tensor, Tensor) -> Tensor;
type Scaled = unsafe extern "C" fn(Tensor, Tensor, Number) -> Tensor;
type Scalar = unsafe extern "C" fn(Tensor, Number) -> Tensor;

/// The table up to the last entry that is used here: it is append-only.
#[repr(C)]
pub struct Table {
    pub size: u32,
    pub version: u32,
    pub keep: Unary,
    pub drop: unsafe extern "C" fn(Tensor),
    pub dim: unsafe extern "C" fn(Tensor) -> i64,
    pub sizes: unsafe extern "C" fn(Tensor) -> *const i64,
    pub dtype: unsafe extern "C" fn(Tensor) -> i32,
    pub item: unsafe extern "C" fn(Tensor, *mut f64) -> i32,
    pub of_one: [Unary; 27], // abs … ones_like
    pub add: Scaled,
    pub sub: Scaled,
    pub add_: Scaled,
    pub sub_: Scaled,
    pub of_two: [Binary; 17], // mul … copy_
    pub add_scalar: Scalar,
    pub mul_scalar: Scalar,
}

#[repr(C)]
pub struct Host {
    pub size: u32,
    pub tensors: *const Table,
    pub error: unsafe extern "C" fn() -> *const c_char,
    pub fail: unsafe extern "C" fn(*const c_char),
    pub log: unsafe extern "C" fn(i32, *const c_char),
}

#[repr(C)]
pub struct Lanes {
    pub size: u32,
    pub this: *mut c_void,
    pub rows: unsafe extern "C" fn(*mut c_void, *const c_char) -> Tensor,
    pub received: unsafe extern "C" fn(*mut c_void, *const c_char) -> Tensor,
    pub shared: unsafe extern "C" fn(*mut c_void, Tensor) -> Tensor,
    pub personal: unsafe extern "C" fn(*mut c_void, Tensor) -> Tensor,
    pub gradient: unsafe extern "C" fn(*mut c_void, Tensor, Batch) -> Tensor,
    pub loss: unsafe extern "C" fn(*mut c_void, Tensor, Batch) -> Tensor,
    pub descend: unsafe extern "C" fn(*mut c_void, *const c_char, Tensor) -> i32,
    pub lr: unsafe extern "C" fn(*mut c_void) -> f64,
    pub steps: unsafe extern "C" fn(*mut c_void) -> Tensor,
    pub part: unsafe extern "C" fn(*mut c_void, Batch, i64) -> Batch,
}

#[repr(C)]
pub struct StrategyHooks {
    pub size: u32,
    pub plan: unsafe extern "C" fn(*mut c_void) -> *const c_char,
    pub step: Option<unsafe extern "C" fn(*mut c_void, *const Lanes, Batch) -> i32>,
    pub finish: Option<unsafe extern "C" fn(*mut c_void, *const Lanes) -> i32>,
    pub upload: Option<unsafe extern "C" fn(*mut c_void, *const Lanes, *mut Tensor) -> i32>,
    pub next: Option<unsafe extern "C" fn(*mut c_void, *const c_void, Tensor, *mut Tensor) -> i32>,
    pub predictor: Option<unsafe extern "C" fn(*mut c_void, *const Lanes, *mut Tensor) -> i32>,
}

#[repr(C)]
pub struct Descriptor {
    pub size: u32,
    pub target: u32,
    pub kind: *const c_char,
    pub id: *const c_char,
    pub version: *const c_char,
    pub summary: *const c_char,
    pub start: unsafe extern "C" fn(*const Host) -> i32,
    pub create: unsafe extern "C" fn() -> *mut c_void,
    pub destroy: unsafe extern "C" fn(*mut c_void),
    pub options: unsafe extern "C" fn(*mut c_void) -> *const c_char,
    pub set: unsafe extern "C" fn(*mut c_void, *const c_char, *const Argument) -> i32,
    pub strategy: *const StrategyHooks,
    pub module: *const c_void,
    pub built: *const c_char,
}
unsafe impl Sync for Descriptor {}
